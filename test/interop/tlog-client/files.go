package main

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight    = 8
	tileWidth     = 1 << tileHeight
	largestTile   = tileWidth * tlog.HashSize
	largestBundle = tileWidth * (2 + 65_535)
	longestAnswer = 30 * time.Second
)

// logFiles reads the files of a log over HTTP. It is a tlog.TileReader.
type logFiles struct {
	url string
	// kept holds tiles that need not be read again. It makes nothing true: tlog gives
	// some of them without having compared them with the root, a proof that fails does.
	kept map[tlog.Tile][]byte
}

func (*logFiles) Height() int { return tileHeight }

func (f *logFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, len(tiles))
	for i, tile := range tiles {
		data, found := f.kept[tile]
		if !found {
			var err error
			if data, err = f.readTile(tile); err != nil {
				return nil, err
			}
		}
		read[i] = data
	}
	return read, nil
}

func (f *logFiles) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	if f.kept == nil {
		f.kept = map[tlog.Tile][]byte{}
	}
	for i, tile := range tiles {
		f.kept[tile] = data[i]
	}
}

func (f *logFiles) readTile(tile tlog.Tile) ([]byte, error) {
	path := tilePath(fmt.Sprint(tile.L), tile.N, tile.W)
	data, err := f.get(path, largestTile)
	if err != nil {
		return nil, err
	}
	if len(data) != tile.W*tlog.HashSize {
		return nil, fmt.Errorf("%s: %d bytes, expected %d", path, len(data), tile.W*tlog.HashSize)
	}
	return data, nil
}

// readEntries reads the entries of one bundle: each behind its length in two bytes,
// the higher one first. See C2SP tlog-tiles, "Log Entries".
func (f *logFiles) readEntries(index int64, width int) ([][]byte, error) {
	path := tilePath("entries", index, width)
	rest, err := f.get(path, largestBundle)
	if err != nil {
		return nil, err
	}
	entries := make([][]byte, 0, width)
	for len(rest) > 0 {
		if len(rest) < 2 || len(rest)-2 < int(rest[0])<<8|int(rest[1]) {
			return nil, fmt.Errorf("%s: entry %d is cut", path, len(entries))
		}
		end := 2 + (int(rest[0])<<8 | int(rest[1]))
		entries = append(entries, rest[2:end])
		rest = rest[end:]
	}
	if len(entries) != width {
		return nil, fmt.Errorf("%s: %d entries, expected %d", path, len(entries), width)
	}
	return entries, nil
}

func (f *logFiles) get(path string, limit int64) ([]byte, error) {
	client := http.Client{Timeout: longestAnswer}
	answer, err := client.Get(f.url + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: answered with %s", path, answer.Status)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("%s: more than %d bytes", path, limit)
	}
	return body, nil
}

// tilePath is not tlog.Tile.Path: that one names the height, and "data" for entries.
// See C2SP tlog-tiles, "Merkle Tree".
func tilePath(level string, index int64, width int) string {
	path := fmt.Sprintf("%03d", index%1000)
	for rest := index / 1000; rest > 0; rest /= 1000 {
		path = fmt.Sprintf("x%03d/%s", rest%1000, path)
	}
	if width != tileWidth {
		path += fmt.Sprintf(".p/%d", width)
	}
	return "tile/" + level + "/" + path
}
