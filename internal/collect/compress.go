package collect

import (
	"compress/gzip"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Compress writes to w by the ending of a file's name: ".gz", ".zst", or none.
// Closing completes the stream and leaves w open.
func Compress(w io.Writer, ending string) (io.WriteCloser, error) {
	switch ending {
	case ".gz":
		return gzip.NewWriter(w), nil
	case ".zst":
		z, err := zstd.NewWriter(w)
		if err != nil {
			return nil, fmt.Errorf("compress: %w", err)
		}
		return z, nil
	}
	return uncompressed{w}, nil
}

type uncompressed struct{ io.Writer }

// Close leaves the file below open.
func (uncompressed) Close() error { return nil }
