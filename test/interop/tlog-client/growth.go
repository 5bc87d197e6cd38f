package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/tlog"
)

// checkGrowth compares the head with the last one seen: the log may only have been
// added to. It returns the size it had, or nil when nothing was seen before.
func checkGrowth(stateFile string, head checkpoint, files *logFiles) (*int64, error) {
	signed, err := os.ReadFile(stateFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	before, err := parseState(signed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", stateFile, err)
	}
	if err := checkGrowthBetween(before, head, files); err != nil {
		return nil, fmt.Errorf("from size %d to size %d: %w", before.tree.N, head.tree.N, err)
	}
	return &before.tree.N, nil
}

func checkGrowthBetween(before, after checkpoint, files *logFiles) error {
	switch {
	case before.origin != after.origin:
		return fmt.Errorf("another log: %q was %q", after.origin, before.origin)
	case before.tree.N > after.tree.N:
		return errors.New("the log was rolled back")
	case before.tree.N == after.tree.N && before.tree.Hash != after.tree.Hash:
		return errors.New("the log was forked: two roots of one size")
	case before.tree.N == 0 || before.tree.N == after.tree.N:
		return nil
	}
	hashes := tlog.TileHashReader(after.tree, files)
	proof, err := tlog.ProveTree(after.tree.N, before.tree.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, after.tree.N, after.tree.Hash, before.tree.N, before.tree.Hash)
}

// parseState reads a checkpoint that this program verified before it wrote it. Its
// signature is not checked again: the key may have been retired since.
func parseState(signed []byte) (checkpoint, error) {
	text, _, found := bytes.Cut(signed, []byte("\n\n"))
	if !found {
		return checkpoint{}, errors.New("no checkpoint")
	}
	return parseCheckpoint(string(text) + "\n")
}

func writeState(stateFile string, signed []byte) error {
	draft := stateFile + ".draft"
	if err := os.WriteFile(draft, signed, 0o600); err != nil {
		return err
	}
	return os.Rename(draft, stateFile)
}
