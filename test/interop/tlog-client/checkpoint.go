package main

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const largestCheckpoint = 100_000

type checkpoint struct {
	origin string
	tree   tlog.Tree
}

// openCheckpoint verifies the signature of the log and reads what was signed.
// tlog.ParseTree is of no use here: it insists on the origin of the Go checksum database.
func openCheckpoint(signed []byte, vkeys []string) (checkpoint, error) {
	verifiers := make([]note.Verifier, len(vkeys))
	for i, vkey := range vkeys {
		verifier, err := note.NewVerifier(vkey)
		if err != nil {
			return checkpoint{}, err
		}
		verifiers[i] = verifier
	}
	opened, err := note.Open(signed, note.VerifierList(verifiers...))
	if err != nil {
		return checkpoint{}, err
	}
	head, err := parseCheckpoint(opened.Text)
	if err != nil {
		return checkpoint{}, err
	}
	for _, signature := range opened.Sigs {
		if signature.Name != head.origin {
			return checkpoint{}, fmt.Errorf("origin %q, but signed by %q", head.origin, signature.Name)
		}
	}
	return head, nil
}

// parseCheckpoint reads origin, size and root; a log of ours has no further lines.
// See C2SP tlog-checkpoint, "Note text".
func parseCheckpoint(text string) (checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" {
		return checkpoint{}, fmt.Errorf("%d lines, expected origin, size and root", len(lines)-1)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return checkpoint{}, fmt.Errorf("size %q", lines[1])
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return checkpoint{}, fmt.Errorf("root %q", lines[2])
	}
	head := checkpoint{origin: lines[0], tree: tlog.Tree{N: size}}
	copy(head.tree.Hash[:], root)
	if size == 0 && head.tree.Hash != emptyRoot() {
		return checkpoint{}, errors.New("an empty log with another root than the hash of nothing")
	}
	return head, nil
}

// emptyRoot is what RFC 9162, section 2.1.1 says; tlog.TreeHash gives zeros instead.
func emptyRoot() tlog.Hash {
	return sha256.Sum256(nil)
}

func rootOf(size int64, hashes tlog.HashReader) (tlog.Hash, error) {
	if size == 0 {
		return emptyRoot(), nil
	}
	return tlog.TreeHash(size, hashes)
}
