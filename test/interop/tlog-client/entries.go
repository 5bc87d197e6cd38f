package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// storedHashes are those of a whole tree, in the order of tlog.StoredHashIndex.
type storedHashes []tlog.Hash

func (s storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = s[index]
	}
	return hashes, nil
}

// checkEverything hashes every entry anew. The root, every tile and every proof
// must follow from the entries alone.
func checkEverything(tree tlog.Tree, stride int64, files *logFiles, result *report) error {
	leaves, hashes, err := readAllEntries(tree.N, files)
	if err != nil {
		return err
	}
	root, err := rootOf(tree.N, hashes)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("the entries have the root %v, the checkpoint has %v", root, tree.Hash)
	}
	result.Entries = int64(len(leaves))
	if result.Tiles, err = compareTiles(tree.N, hashes, files); err != nil {
		return err
	}
	if stride == 0 {
		stride = tree.N/4096 + 1
	}
	result.Proofs, err = proveLeaves(tree, leaves, stride, files)
	return err
}

func readAllEntries(size int64, files *logFiles) ([]tlog.Hash, storedHashes, error) {
	var leaves []tlog.Hash
	var hashes storedHashes
	for index := int64(0); int64(len(leaves)) < size; index++ {
		entries, err := files.readEntries(index, widthOf(size, index))
		if err != nil {
			return nil, nil, err
		}
		for _, entry := range entries {
			added, err := tlog.StoredHashes(int64(len(leaves)), entry, hashes)
			if err != nil {
				return nil, nil, err
			}
			leaves = append(leaves, added[0])
			hashes = append(hashes, added...)
		}
	}
	return leaves, hashes, nil
}

// compareTiles reads every tile of a tree of that size and counts them.
func compareTiles(size int64, hashes storedHashes, files *logFiles) (int64, error) {
	count := int64(0)
	for level, inLevel := 0, size; inLevel > 0; level, inLevel = level+1, inLevel/tileWidth {
		for index := int64(0); index*tileWidth < inLevel; index++ {
			tile := tlog.Tile{H: tileHeight, L: level, N: index, W: widthOf(inLevel, index)}
			expected, err := tlog.ReadTileData(tile, hashes)
			if err != nil {
				return 0, err
			}
			found, err := files.readTile(tile)
			if err != nil {
				return 0, err
			}
			if !bytes.Equal(found, expected) {
				path := tilePath(fmt.Sprint(tile.L), tile.N, tile.W)
				return 0, fmt.Errorf("%s: other hashes than those of the entries", path)
			}
			count++
		}
	}
	return count, nil
}

// proveLeaves makes proofs from the tiles alone and checks them against the root.
func proveLeaves(tree tlog.Tree, leaves []tlog.Hash, stride int64, files *logFiles) (int64, error) {
	count := int64(0)
	for index := int64(0); index < tree.N; index += stride {
		if err := proveLeaf(tree, index, leaves[index], files); err != nil {
			return 0, err
		}
		count++
	}
	return count, nil
}

func proveLeaf(tree tlog.Tree, index int64, leaf tlog.Hash, files *logFiles) error {
	proof, err := tlog.ProveRecord(tree.N, index, tlog.TileHashReader(tree, files))
	if err != nil {
		return fmt.Errorf("entry %d: %w", index, err)
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf); err != nil {
		return fmt.Errorf("entry %d: %w", index, err)
	}
	return nil
}

// findRecords looks for leaf hashes in the tiles of the lowest level, and proves each.
func findRecords(tree tlog.Tree, wanted []string, files *logFiles) ([]record, error) {
	found := []record{}
	for _, text := range wanted {
		leaf, err := parseLeafHash(text)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		index, err := indexOf(leaf, tree, files)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
		if err := proveLeaf(tree, index, leaf, files); err != nil {
			return nil, err
		}
		found = append(found, record{Index: index, LeafHash: text})
	}
	return found, nil
}

func indexOf(leaf tlog.Hash, tree tlog.Tree, files *logFiles) (int64, error) {
	hashes := tlog.TileHashReader(tree, files)
	for start := int64(0); start < tree.N; start += tileWidth {
		indexes := make([]int64, widthOf(tree.N, start/tileWidth))
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, start+int64(i))
		}
		leaves, err := hashes.ReadHashes(indexes)
		if err != nil {
			return 0, err
		}
		for i := range leaves {
			if leaves[i] == leaf {
				return start + int64(i), nil
			}
		}
	}
	return 0, errors.New("not in the log")
}

func parseLeafHash(text string) (tlog.Hash, error) {
	var leaf tlog.Hash
	bytes, err := hex.DecodeString(text)
	if err == nil && len(bytes) != tlog.HashSize {
		err = errors.New("expected a leaf hash of 64 digits")
	}
	copy(leaf[:], bytes)
	return leaf, err
}

// widthOf is the number of hashes that a tile has in a level of that many.
func widthOf(inLevel, index int64) int {
	if rest := inLevel - index*tileWidth; rest < tileWidth {
		return int(rest)
	}
	return tileWidth
}
