package eval

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
)

// maxLine bounds a line of a corpus: the longest article has some 200 KB.
const maxLine = 16 << 20

// corpora is the folder of the data sets.
type corpora struct {
	root fs.FS
	half string
}

func openCorpora(dir, half string) (corpora, error) {
	info, err := os.Stat(dir)
	if err != nil {
		// The path stays out of the message: outputs are shown to others.
		return corpora{}, fmt.Errorf("open the corpora: %w", errors.Unwrap(err))
	}
	if !info.IsDir() {
		return corpora{}, errors.New("open the corpora: not a folder")
	}
	return corpora{os.DirFS(dir), half}, nil
}

// files are those of a set whose name fits "name.HALF.jsonl"; the half may be
// a pattern such as *.
func (c corpora) files(set, name string) ([]string, error) {
	found, err := fs.Glob(c.root, path.Join(set, name+"."+c.half+".jsonl"))
	if err != nil {
		return nil, fmt.Errorf("look for %s of %s: %w", name, set, err)
	}
	slices.Sort(found)
	return found, nil
}

// readSet reads all rows of a part of a set, none where it is absent.
func readSet[T any](c corpora, set, name string) ([]T, error) {
	files, err := c.files(set, name)
	if err != nil {
		return nil, err
	}
	var rows []T
	for _, file := range files {
		if rows, err = appendLines(rows, c.root, file); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func appendLines[T any](rows []T, root fs.FS, name string) ([]T, error) {
	file, err := root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open corpus: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("read line %d of %s: %w", n, name, err)
		}
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return rows, nil
}
