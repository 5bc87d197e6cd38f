/** What a person finds who has the files and nothing else. */
export const readMe = `An archive of executed workflows
================================

This directory is complete in itself. Nothing but it and ordinary tools is
needed to read and check what it holds. Files are never changed once they have
their name, but for log/checkpoint and the journals.

  blobs/sha256/ab/abcd...                    bytes as they were deposited
  records/sha256/ab/abcd....json             the record of one workflow run
  records/sha256/ab/abcd....signatures.json  signatures of its depositors, if any
  records/sha256/ab/abcd....receipt.jws      the signed receipt of the registry
  records/sha256/ab/abcd....tlog-proof       the proof that it is in the log
  events/sha256/ab/abcd....json              a later statement about a record
  events/sha256/ab/abcd....signatures.json   and the same documents of it
  events/sha256/ab/abcd....receipt.jws
  events/sha256/ab/abcd....tlog-proof
  log/checkpoint                             signed head of the log of all this
  log/tile/...                               its hashes and its entries
  log/keys/...                               the public keys of the registry
  log/timestamps/...                         time stamps by others, if any
  journal.jsonl, journal.1.jsonl ...         the newest documents once more
  incoming/                                  unfinished files, worth nothing

"abcd..." stands for the 64 hex digits of a SHA-256, "ab" for the first two. A
blob is named by the SHA-256 of its bytes. The documents of a record are all
named by the SHA-256 of the bytes of its .json file, and that is the hash people
cite: "sha256:abcd..." is the record records/sha256/ab/abcd....json. A record
was accepted if and only if it has a receipt. The documents of an event are
named in the same way.

To check every blob, every record and every event (they are right if nothing is
printed):

  cd blobs/sha256 && for file in */*; do
    echo "\${file#*/}  $file"; done | sha256sum --check --quiet
  for file in records/sha256/*/*.json events/sha256/*/*.json; do
    case $file in *.signatures.json|*[*]*) continue ;; esac
    hex=\${file##*/}; echo "\${hex%.json}  $file"; done | sha256sum --check --quiet

If the machine lost power, some of the newest documents may be missing or cut
short. They are then in the journals (journal.1.jsonl and so on first,
journal.jsonl last), one a line, with their path and their bytes in base64. Of
two lines for log/checkpoint the last counts. A line {"documents":N,...} ends a
batch of N of them; lines without it were never complete. On its next start the
registry puts the documents into their places and leaves one empty journal.

An event is JSON text (UTF-8). It says something about a record after the record
was made: where it stands, what cites it, a note, or that it was withdrawn.

A record is JSON text (UTF-8). It names the files it is about by their digest:
"sha256:ef01..." is the blob blobs/sha256/ef/ef01....

A receipt is a JSON Web Signature (RFC 7515, flattened JSON). Its payload and
protected header are base64url text: what the registry accepted, when, and with
which key it signed. The signed bytes are protected + "." + payload, the
signature is Ed25519. The leaf hash in the payload is the SHA-256 of one zero
byte followed by the record's entry in the log (RFC 9162). The entry is made of
the record, its signatures and the time in the receipt; it is the file
stele/leaf.json of every bundle.

A signatures file is a JSON Web Signature without its payload, which is the
.json file of the record or event.

The log is a Merkle tree (RFC 9162) over one entry for each record and event, in
the order in which they were accepted, and for each key. Its files are those of
C2SP tlog-tiles. log/checkpoint has the name of the log, the number of entries
and the root hash in base64, then an empty line and the signatures (C2SP
tlog-checkpoint, signed-note). log/tile/0/000 has the hashes of the first 256
entries, 32 bytes each, log/tile/1/000 the roots of the first 256 such tiles,
and so on; log/tile/0/000.p/7 is a tile that had 7 hashes when it was written,
and log/tile/0/x001/234 the one of number 1234, counted from 0.
log/tile/entries/000 has the first 256 entries themselves, each behind its
length in two bytes.

A .tlog-proof file (C2SP tlog-proof) has the number of an entry, the hashes that
lead from it to the root, and the checkpoint with that root. It is checked
without the rest of the log.

A key file is JSON, named by the thumbprint of the key (RFC 7638): its role (it
signs checkpoints or receipts), the key as a JSON Web Key and, for one of the
log, as a verifier key of C2SP signed-note.

A .tsr file in log/timestamps is the answer of a time stamp authority (RFC 3161)
about the .checkpoint file with the same beginning of its name:

  openssl ts -reply -in FILE.tsr -text
`
