// Command log checks a log of tips with Go's packages, or makes one.
//
//	log check FOLDER VKEY   a tree in tlog-tiles layout: note, tiles, every proof
//	log make FOLDER COUNT   such a tree over made entries; prints the key
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// path is a tile's path without the height, which C2SP leaves out.
func path(t tlog.Tile) string {
	return strings.Replace(t.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
}

type folder string

func (f folder) Height() int { return height }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, t := range tiles {
		bytes, err := os.ReadFile(filepath.Join(string(f), path(t)))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func entries(dir string, count int64) [][]byte {
	var all [][]byte
	for start := int64(0); start < count; start += 1 << height {
		t := tlog.Tile{H: height, L: 0, N: start >> height, W: 1 << height}
		if count-start < 1<<height {
			t.W = int(count - start)
		}
		file := strings.Replace(path(t), "tile/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(dir, file))
		must(err)
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			all = append(all, data[2:2+length])
			data = data[2+length:]
		}
	}
	return all
}

func check(dir, vkey string) {
	verifier, err := note.NewVerifier(vkey)
	must(err)
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	must(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		must(fmt.Errorf("the checkpoint has other lines: %q", lines))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, folder(dir))
	all := entries(dir, size)
	if int64(len(all)) != size {
		must(fmt.Errorf("%d entries for a size of %d", len(all), size))
	}
	for i, entry := range all {
		proof, err := tlog.ProveRecord(size, int64(i), reader)
		must(err)
		must(tlog.CheckRecord(proof, size, root, int64(i), tlog.RecordHash(entry)))
	}
	for old := int64(1); old <= size; old++ {
		proof, err := tlog.ProveTree(size, old, reader)
		must(err)
		before, err := tlog.TreeHash(old, reader)
		must(err)
		must(tlog.CheckTree(proof, size, root, old, before))
	}
	fmt.Printf("%d entries hold\n", size)
}

// hashes are the stored hashes of a log in memory.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, i := range indexes {
		out = append(out, h[i])
	}
	return out, nil
}

func write(dir, name string, data []byte) {
	file := filepath.Join(dir, name)
	must(os.MkdirAll(filepath.Dir(file), 0o755))
	must(os.WriteFile(file, data, 0o644))
}

func makeLog(dir string, count int64) {
	var stored hashes
	var bundle bytes.Buffer
	for i := int64(0); i < count; i++ {
		entry := []byte(fmt.Sprintf("entry %d\n", i))
		more, err := tlog.StoredHashes(i, entry, stored)
		must(err)
		stored = append(stored, more...)
		must(binary.Write(&bundle, binary.BigEndian, uint16(len(entry))))
		bundle.Write(entry)
		full := (i+1)%(1<<height) == 0
		if full || i == count-1 {
			t := tlog.Tile{H: height, L: 0, N: i >> height, W: int(i%(1<<height)) + 1}
			write(dir, strings.Replace(path(t), "tile/0/", "tile/entries/", 1), bundle.Bytes())
			bundle.Reset()
		}
	}
	for _, t := range tlog.NewTiles(height, 0, count) {
		data, err := tlog.ReadTileData(t, stored)
		must(err)
		write(dir, path(t), data)
	}
	root, err := tlog.TreeHash(count, stored)
	must(err)
	private, public, err := note.GenerateKey(rand.Reader, "go.example/log")
	must(err)
	signer, err := note.NewSigner(private)
	must(err)
	text := fmt.Sprintf("go.example/log\n%d\n%s\n", count, base64.StdEncoding.EncodeToString(root[:]))
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	must(err)
	write(dir, "checkpoint", signed)
	fmt.Println(public)
}

func main() {
	if len(os.Args) != 4 {
		must(fmt.Errorf("usage: log check FOLDER VKEY | log make FOLDER COUNT"))
	}
	if os.Args[1] == "check" {
		check(os.Args[2], os.Args[3])
		return
	}
	count, err := strconv.ParseInt(os.Args[3], 10, 64)
	must(err)
	makeLog(os.Args[2], count)
}
