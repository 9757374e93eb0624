package archive

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// errNoArticles is a folder or an archive with nothing to read.
var errNoArticles = errors.New("holds no texts or pages (.txt, .html, .htm, .xhtml); name other files themselves, as in FOLDER/*.jsonl")

// maxDepth bounds how deep folders are followed.
const maxDepth = 100

// file is a regular file below a folder.
type file struct {
	path string
	name string // from the folder on, with slashes
	size int64
}

// walk goes through a folder and the folders in it, in the order of their names, and holds no
// more than the names on its way. Links to folders are not followed, so there is no way around in
// a circle; hidden files, pipes and devices are passed over.
type walk struct {
	root  string
	stack []listing
}

// listing is what is left of a folder.
type listing struct {
	dir   string
	names []string
}

func newWalk(root string) (*walk, error) {
	w := &walk{root: root}
	return w, w.enter(root)
}

func (w *walk) enter(dir string) error {
	if len(w.stack) == maxDepth {
		return fmt.Errorf("read folder %s: folders within folders more than %d deep", shown(w.root), maxDepth)
	}
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	names, err := f.Readdirnames(-1)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	slices.Sort(names)
	w.stack = append(w.stack, listing{dir: dir, names: names})
	return nil
}

// next is the next file, or io.EOF.
func (w *walk) next() (file, error) {
	for len(w.stack) > 0 {
		top := &w.stack[len(w.stack)-1]
		if len(top.names) == 0 {
			w.stack = w.stack[:len(w.stack)-1]
			continue
		}
		path := filepath.Join(top.dir, top.names[0])
		top.names = top.names[1:]
		if hidden(filepath.ToSlash(path)) {
			continue
		}
		name, err := filepath.Rel(w.root, path)
		if err != nil {
			return file{path: path}, fmt.Errorf("read folder: %w", err)
		}
		f := file{path: path, name: filepath.ToSlash(name)}
		info, err := os.Lstat(path)
		link := err == nil && info.Mode()&os.ModeSymlink != 0
		if link {
			info, err = os.Stat(path)
		}
		switch {
		case err != nil: // a link to nothing: opening it will say so
			return f, nil //nolint:nilerr // the error is of this file alone
		case info.IsDir() && !link:
			if err := w.enter(path); err != nil {
				return f, err
			}
		case info.Mode().IsRegular():
			f.size = info.Size()
			return f, nil
		}
	}
	return file{}, io.EOF
}
