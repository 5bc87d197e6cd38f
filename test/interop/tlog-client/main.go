// Command tlog-client checks a transparency log in the C2SP tlog-tiles format with
// golang.org/x/mod/sumdb, that is, with nothing of the registry that serves the log.
//
//	tlog-client -vkey VKEY -url http://127.0.0.1:7400/log [-state FILE] [-entries]
//	    [-stride N] [-record HEX]...
//
// It prints one line of JSON and exits with 0 when every check passed; otherwise
// it prints the reason to standard error and exits with 1.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

type options struct {
	vkeys   list
	url     string
	state   string
	entries bool
	stride  int64
	records list
}

// report is what the program prints.
type report struct {
	Origin string    `json:"origin"`
	Size   int64     `json:"size"`
	Root   tlog.Hash `json:"root"`
	// SizeBefore is that of the state file, if there was one.
	SizeBefore *int64 `json:"sizeBefore,omitempty"`
	// Entries, Tiles and Proofs count what -entries re-read, compared and proved.
	Entries int64    `json:"entries"`
	Tiles   int64    `json:"tiles"`
	Proofs  int64    `json:"proofs"`
	Records []record `json:"records"`
}

type record struct {
	Index    int64  `json:"index"`
	LeafHash string `json:"leafHash"`
}

func main() {
	report, err := run(parseOptions())
	if err != nil {
		fmt.Fprintln(os.Stderr, "tlog-client:", err)
		os.Exit(1)
	}
	line, err := json.Marshal(report)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

func parseOptions() options {
	var chosen options
	flag.Var(&chosen.vkeys, "vkey", "verifier `key` of the log; may be repeated")
	flag.StringVar(&chosen.url, "url", "", "`address` of the log, without a slash at its end")
	flag.StringVar(&chosen.state, "state", "", "`file` of the last verified checkpoint, read if it is there, and written")
	flag.BoolVar(&chosen.entries, "entries", false, "re-read every entry and compare every tile")
	flag.Int64Var(&chosen.stride, "stride", 0, "with -entries, prove the inclusion of every `n`th entry; 0 chooses about 4000")
	flag.Var(&chosen.records, "record", "leaf hash in `hex` that must be in the log; may be repeated")
	flag.Parse()
	if len(chosen.vkeys) == 0 || chosen.url == "" || chosen.stride < 0 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	return chosen
}

func run(chosen options) (*report, error) {
	files := &logFiles{url: chosen.url}
	signed, err := files.get("checkpoint", largestCheckpoint)
	if err != nil {
		return nil, err
	}
	head, err := openCheckpoint(signed, chosen.vkeys)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	result := &report{Origin: head.origin, Size: head.tree.N, Root: head.tree.Hash, Records: []record{}}
	if chosen.state != "" {
		if result.SizeBefore, err = checkGrowth(chosen.state, head, files); err != nil {
			return nil, err
		}
	}
	if chosen.entries {
		if err := checkEverything(head.tree, chosen.stride, files, result); err != nil {
			return nil, err
		}
	}
	if result.Records, err = findRecords(head.tree, chosen.records, files); err != nil {
		return nil, err
	}
	if chosen.state != "" {
		return result, writeState(chosen.state, signed)
	}
	return result, nil
}

// list is a flag that may be repeated.
type list []string

func (l *list) String() string { return strings.Join(*l, " ") }

func (l *list) Set(value string) error {
	*l = append(*l, value)
	return nil
}
