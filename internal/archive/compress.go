package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow bounds the memory of a zstd stream in bytes: what the zstd command line reads
// without being told more. Archives that were made with --long=31 need 2 GiB.
const maxWindow = 128 << 20

func isGzip(head []byte) bool { return bytes.HasPrefix(head, []byte("\x1f\x8b")) }

// isZstd knows frames and the skippable frames that may stand in front of them.
func isZstd(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")) ||
		len(head) > 3 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4], []byte("\x2a\x4d\x18"))
}

// decompressor is a stream's content by its first bytes, whatever it is called; nil for one that
// is not compressed. Close releases the decoder, not r.
func decompressor(head []byte, r io.Reader) (io.ReadCloser, error) {
	switch {
	case isGzip(head):
		return gzip.NewReader(r)
	case isZstd(head):
		// In the caller's goroutine, so that none is left when a reader is dropped.
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return nil, nil //nolint:nilnil // nothing to undo
}

// explain says what to do about an input that ended in the middle or is damaged.
func explain(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the data ends in the middle (%w): the file is cut off; fetch it again", err)
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return fmt.Errorf("%w: it needs more than %d MiB to be read; compress it again without --long", err, maxWindow>>20)
	}
	var damage flate.CorruptInputError
	known := []error{gzip.ErrHeader, gzip.ErrChecksum, zstd.ErrCRCMismatch, zstd.ErrMagicMismatch, zstd.ErrReservedBlockType, zstd.ErrUnexpectedBlockSize}
	if errors.As(err, &damage) || slices.ContainsFunc(known, func(k error) bool { return errors.Is(err, k) }) {
		return fmt.Errorf("the compressed data is damaged (%w): fetch the file again", err)
	}
	return err
}

// counter counts what is read from a file, for progress.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
