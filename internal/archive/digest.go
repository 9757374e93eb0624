package archive

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
)

// InputDigest says what an input held, so that a run can tell that it changed since.
type InputDigest struct {
	Name string `json:"name"` // as it was named
	// Size in bytes; of a folder, of all its files.
	Size int64 `json:"size"`
	// SHA256 in lower-case hex: of the bytes of a file as they are stored; of a folder, of
	// the names and contents of its files in their order.
	SHA256 string `json:"sha256"`
}

// errStdin is a digest of what can be read but once.
var errStdin = errors.New("standard input has no digest: it can be read only once")

// Digest reads the inputs once, from start to end. Standard input has no digest. Hidden files of a
// folder do not count; one that cannot be read counts as that.
func Digest(ctx context.Context, inputs []string) ([]InputDigest, error) {
	digests := make([]InputDigest, 0, len(inputs))
	buf := make([]byte, readBuffer)
	for _, name := range inputs {
		d, err := digest(ctx, name, buf)
		if err != nil {
			return nil, fmt.Errorf("digest of input %s: %w", name, err)
		}
		digests = append(digests, d)
	}
	return digests, nil
}

func digest(ctx context.Context, name string, buf []byte) (InputDigest, error) {
	if name == "-" {
		return InputDigest{}, errStdin
	}
	info, err := os.Stat(name)
	if err != nil {
		return InputDigest{}, err
	}
	h := sha256.New()
	var size int64
	if info.IsDir() {
		size, err = digestFolder(ctx, h, name, buf)
	} else {
		size, err = digestFile(ctx, h, name, buf)
	}
	return InputDigest{Name: name, Size: size, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

func digestFile(ctx context.Context, h hash.Hash, name string, buf []byte) (int64, error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	var size int64
	for {
		if ctx.Err() != nil {
			return size, context.Cause(ctx)
		}
		n, err := f.Read(buf)
		h.Write(buf[:n])
		size += int64(n)
		if errors.Is(err, io.EOF) {
			return size, nil
		} else if err != nil {
			return size, err
		}
	}
}

// digestFolder writes lengths around names and contents, so that no two folders give the same bytes.
func digestFolder(ctx context.Context, h hash.Hash, root string, buf []byte) (total int64, err error) {
	w, err := newWalk(root)
	if err != nil {
		return 0, err
	}
	length := func(n int64) { h.Write(binary.LittleEndian.AppendUint64(nil, uint64(n))) }
	for {
		f, err := w.next()
		if errors.Is(err, io.EOF) {
			return total, nil
		} else if err != nil {
			return total, err
		}
		length(int64(len(f.name)))
		h.Write([]byte(f.name))
		size, err := digestFile(ctx, h, f.path, buf)
		if ctx.Err() != nil {
			return total, err
		}
		if err != nil {
			size = -1
		}
		length(size)
		total += max(size, 0)
	}
}
