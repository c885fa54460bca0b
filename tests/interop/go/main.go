// Oracle reads an exported log with the notes and tiles of Go's own distribution, and says what it finds.
//
// It takes a request in JSON on its standard input and answers in JSON on its standard output. Where the folder
// does not hold what its checkpoint says, it ends with status 1 and the reason on its standard error.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// A request names a folder, the key of its log, an earlier size, and what is to be checked.
type request struct {
	Folder   string
	Verifier string
	Old      int64
	Records  []record
	Trees    []tree
}

// A record is an entry and the text (c2sp.org/tlog-proof) that says where it is.
type record struct {
	Entry []byte
	Proof string
}

// A tree is a proof that the log at an old size is a beginning of the log at another.
type tree struct {
	Old     int64
	OldRoot []byte
	Size    int64
	Root    []byte
	Proof   [][]byte
}

// An answer says how far the log has come, and why each proof was refused: empty where it was not.
type answer struct {
	Origin   string   `json:"origin"`
	Size     int64    `json:"size"`
	Root     []byte   `json:"root"`
	Tiles    []string `json:"tiles"`
	NewTiles []string `json:"new_tiles"`
	Records  []string `json:"records"`
	Trees    []string `json:"trees"`
}

// A checkpoint is an origin and the tree that was signed.
type checkpoint struct {
	origin string
	tlog.Tree
}

func main() {
	found, err := check(os.Stdin)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(found)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(in *os.File) (*answer, error) {
	var asked request
	if err := json.NewDecoder(in).Decode(&asked); err != nil {
		return nil, err
	}
	verifier, err := note.NewVerifier(asked.Verifier)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(asked.Folder, "checkpoint"))
	if err != nil {
		return nil, err
	}
	signed, err := open(data, verifier)
	if err != nil {
		return nil, err
	}
	stored, err := replay(asked.Folder, signed)
	if err != nil {
		return nil, err
	}
	found := &answer{Origin: signed.origin, Size: signed.N, Root: signed.Hash[:]}
	found.NewTiles = paths(tlog.NewTiles(height, asked.Old, signed.N))
	found.Tiles = paths(tlog.NewTiles(height, 0, signed.N))
	if err := compare(folder(asked.Folder), signed, stored); err != nil {
		return nil, err
	}
	authenticated := tlog.TileHashReader(signed.Tree, folder(asked.Folder))
	for _, record := range asked.Records {
		found.Records = append(found.Records, reason(checkRecord(record, verifier, authenticated)))
	}
	for _, tree := range asked.Trees {
		found.Trees = append(found.Trees, reason(checkTree(tree, authenticated)))
	}
	return found, nil
}

// open returns what a checkpoint says, if it is signed by the key.
func open(data []byte, verifier note.Verifier) (*checkpoint, error) {
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return nil, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return nil, fmt.Errorf("not a checkpoint of %s: %q", verifier.Name(), opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return nil, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return nil, err
	}
	return &checkpoint{lines[0], tlog.Tree{N: size, Hash: root}}, nil
}

// replay reads all bundles of entries, and returns all hashes of their tree, which must have the signed root.
func replay(root string, signed *checkpoint) (hashes, error) {
	var stored hashes
	for start := int64(0); start < signed.N; start += 1 << height {
		width := int(min(signed.N-start, 1<<height))
		data, err := os.ReadFile(filepath.Join(root, path(tlog.Tile{H: height, L: -1, N: start >> height, W: width})))
		if err != nil {
			return nil, err
		}
		for index := start; index < start+int64(width); index++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return nil, fmt.Errorf("the bundle ends within entry %d", index)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			more, err := tlog.StoredHashesForRecordHash(index, tlog.RecordHash(data[2:end]), stored)
			if err != nil {
				return nil, err
			}
			stored, data = append(stored, more...), data[end:]
		}
		if len(data) != 0 {
			return nil, errors.New("the bundle goes on after its last entry")
		}
	}
	computed, err := tlog.TreeHash(signed.N, stored)
	if err != nil {
		return nil, err
	}
	if computed != signed.Hash {
		return nil, fmt.Errorf("the entries lead to the root %v, not to the signed %v", computed, signed.Hash)
	}
	return stored, nil
}

// compare reads all tiles, which must hold the hashes that were computed from the entries.
func compare(files folder, signed *checkpoint, stored hashes) error {
	for _, tile := range tlog.NewTiles(height, 0, signed.N) {
		read, err := files.ReadTiles([]tlog.Tile{tile})
		if err != nil {
			return err
		}
		computed, err := tlog.ReadTileData(tile, stored)
		if err != nil {
			return err
		}
		if !bytes.Equal(read[0], computed) {
			return fmt.Errorf("%s does not hold the hashes of the entries", path(tile))
		}
	}
	return nil
}

// checkRecord checks a proof of inclusion, which must be the one that Go makes from the tiles.
func checkRecord(asked record, verifier note.Verifier, tiles tlog.HashReader) error {
	beginning, signature, _ := strings.Cut(asked.Proof, "\n\n")
	lines := strings.Split(beginning, "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a proof")
	}
	signed, err := open([]byte(signature), verifier)
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	if err := tlog.CheckRecord(proof, signed.N, signed.Hash, index, tlog.RecordHash(asked.Entry)); err != nil {
		return err
	}
	own, err := tlog.ProveRecord(signed.N, index, tiles)
	if err != nil {
		return err
	}
	return same(proof, own)
}

// checkTree checks a proof of consistency, which must be the one that Go makes from the tiles.
func checkTree(asked tree, tiles tlog.HashReader) error {
	var proof tlog.TreeProof
	for _, data := range asked.Proof {
		hash, err := tlog.ParseHash(base64.StdEncoding.EncodeToString(data))
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	root, oldRoot := tlog.Hash(asked.Root), tlog.Hash(asked.OldRoot)
	if err := tlog.CheckTree(proof, asked.Size, root, asked.Old, oldRoot); err != nil {
		return err
	}
	own, err := tlog.ProveTree(asked.Size, asked.Old, tiles)
	if err != nil {
		return err
	}
	return same(proof, own)
}

// same compares a proof with the one that Go makes.
func same(proof, own []tlog.Hash) error {
	if len(proof) != len(own) {
		return fmt.Errorf("Go's own proof has %d hashes, not %d", len(own), len(proof))
	}
	for at := range proof {
		if proof[at] != own[at] {
			return fmt.Errorf("Go's own proof differs at hash %d", at)
		}
	}
	return nil
}

func reason(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// path returns where C2SP tlog-tiles has a tile: without its height, which is always 8, and -1 is entries.
func path(tile tlog.Tile) string {
	rest := strings.TrimPrefix(tile.Path(), "tile/8/")
	if entries, is := strings.CutPrefix(rest, "data/"); is {
		rest = "entries/" + entries
	}
	return "tile/" + rest
}

func paths(tiles []tlog.Tile) []string {
	found := []string{}
	for _, tile := range tiles {
		found = append(found, path(tile))
	}
	return found
}

// hashes are all hashes of a tree, in Go's order of storing them.
type hashes []tlog.Hash

func (stored hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		if index >= int64(len(stored)) {
			return nil, fmt.Errorf("hash %d is not there", index)
		}
		found[at] = stored[index]
	}
	return found, nil
}

// A folder holds tiles.
type folder string

func (files folder) Height() int { return height }

func (files folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(files), path(tile)))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", path(tile), len(data))
		}
		found = append(found, data)
	}
	return found, nil
}

func (files folder) SaveTiles([]tlog.Tile, [][]byte) {}
