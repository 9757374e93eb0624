package backfill

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"github.com/mujaz/mujaz/queue"
)

// describe reads every input once, for its digest. Standard input has none.
func describe(_ context.Context, inputs []string) ([]queue.RunInput, error) {
	var all []queue.RunInput
	for _, name := range inputs {
		in := queue.RunInput{Name: name}
		if name != "-" {
			f, err := os.Open(name)
			if err != nil {
				return nil, fmt.Errorf("open input: %w", err)
			}
			h := sha256.New()
			n, err := io.Copy(h, f)
			_ = f.Close() // it was only read
			if err != nil {
				return nil, fmt.Errorf("read input: %w", err)
			}
			in.Size, in.SHA256 = n, hex.EncodeToString(h.Sum(nil))
		}
		all = append(all, in)
	}
	return all, nil
}
