/** What a person finds who has the files and nothing else. */
export const readMe = `An archive of executed workflows
================================

This directory is complete in itself. Nothing but it and ordinary tools is
needed to read and check what it holds. Files are never changed once they have
their name.

  blobs/sha256/ab/abcd...                    bytes as they were deposited
  records/sha256/ab/abcd....json             the record of one workflow run
  records/sha256/ab/abcd....signatures.json  signatures of its depositors, if any
  records/sha256/ab/abcd....receipt.jws      the signed receipt of the registry
  events/sha256/ab/abcd....json              a later statement about a record
  journal.jsonl                              the newest documents once more
  incoming/                                  unfinished files, worth nothing

"abcd..." stands for the 64 hex digits of a SHA-256, "ab" for the first two. A
blob is named by the SHA-256 of its bytes. The documents of a record are all
named by the SHA-256 of the bytes of its .json file, and that is the hash people
cite: "sha256:abcd..." is the record records/sha256/ab/abcd....json. A record
was accepted if and only if it has a receipt. An event is named by the SHA-256
of its own bytes.

To check every blob, every record and every event (they are right if nothing is
printed):

  cd blobs/sha256 && for file in */*; do
    echo "\${file#*/}  $file"; done | sha256sum --check --quiet
  for file in records/sha256/*/*.json events/sha256/*/*.json; do
    case $file in *.signatures.json|*.leaf.json|*[*]*) continue ;; esac
    hex=\${file##*/}; echo "\${hex%.json}  $file"; done | sha256sum --check --quiet

If the machine lost power, some of the newest documents may be missing or cut
short. They are then in journal.jsonl, one a line, with their path and their
bytes in base64. A line {"documents":N,...} ends a batch of N of them and has the
SHA-256 of these lines; lines without it were never complete. On its next start
the registry puts the documents into their places and empties the journal.

An event is JSON text (UTF-8). It says something about a record after the record
was made: where it stands, what cites it, or a note.

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
.json file of the record.
`
