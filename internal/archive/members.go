package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"unicode"

	"golang.org/x/text/encoding"

	"github.com/mujaz/mujaz/internal/clean"
)

// member is one text or page of a folder or an archive.
type member struct {
	place  string // as it is shown
	name   string // in the folder or archive; empty for an input that is one article
	format Format
	open   func() (io.ReadCloser, error)
	fatal  bool // an error of reading is one of the archive
}

// members lists texts and pages.
type members interface {
	next() (member, error)
	read() int64
	io.Closer
}

// memberRows are the articles of a folder or an archive, one a member.
type memberRows struct {
	members
	encoding encoding.Encoding
}

var (
	errLargeMember = fmt.Errorf("larger than %d MiB, which no article is", maxMember>>20)
	errEncrypted   = errors.New("encrypted: unpack the archive first")
)

// next reads a member and names it in the metadata, so that a result leads back to it.
func (r *memberRows) next(_ context.Context, c *cells) (Place, error) {
	m, err := r.members.next()
	place := Place{Input: m.place, Line: 1}
	if err != nil {
		return place, err
	}
	raw, err := readMember(m)
	if err != nil && m.fatal && !errors.Is(err, errLargeMember) {
		return place, err
	}
	if err == nil {
		raw, err = memberContent(raw)
	}
	if err == nil {
		err = putArticle(c, raw, m.format, "", r.encoding)
	}
	if err != nil {
		return place, &RowError{Place: place, Err: err}
	}
	if m.name != "" {
		c.set([]slot{{field: fieldMetadata, key: "file"}}, shown(m.name))
	}
	return place, nil
}

func (r *memberRows) skip(ctx context.Context, n int64) (int64, error) {
	return eachSkipped(ctx, n, func() error {
		_, err := r.members.next()
		return err
	})
}

func readMember(m member) ([]byte, error) {
	f, err := m.open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readBounded(f)
}

// readBounded reads all, up to the size that an article may have.
func readBounded(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxMember+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxMember {
		return nil, errLargeMember
	}
	return data, nil
}

// memberContent undoes the compression of a member of its own.
func memberContent(raw []byte) ([]byte, error) {
	z, err := decompressor(raw, bytes.NewReader(raw))
	if err != nil {
		return nil, explain(err)
	}
	if z == nil {
		return raw, nil
	}
	defer z.Close()
	data, err := readBounded(z)
	return data, explain(err)
}

// putArticle decodes a text or a page.
func putArticle(c *cells, raw []byte, f Format, contentType string, asked encoding.Encoding) error {
	text := string(raw)
	var err error
	switch {
	case asked != nil:
		text, err = asked.NewDecoder().String(text)
	case f == FormatHTML:
		text, _, err = clean.DecodePage(text, contentType)
	default:
		text, _, err = clean.DecodeText(text)
	}
	if errors.Is(err, clean.ErrUndecodable) {
		return errEncoding
	} else if err != nil {
		return err
	}
	if f == FormatHTML {
		c.put(fieldHTML, text)
	} else {
		c.put(fieldText, text)
	}
	return nil
}

// shown is a name from an archive as it may be printed: whoever made the archive chose it.
func shown(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(name, "\ufffd"))
}

// hidden says whether a name is one that people do not see: .DS_Store, ._page.html, .git.
func hidden(name string) bool { return strings.HasPrefix(path.Base(name), ".") }

// tarMembers are the texts and pages of a tar archive, in its order.
type tarMembers struct {
	*stream
	tar    *tar.Reader
	number int64 // of texts and pages
}

func newTarMembers(s *stream) *tarMembers {
	return &tarMembers{stream: s, tar: tar.NewReader(s.text)}
}

func (t *tarMembers) next() (member, error) {
	for {
		h, err := t.tar.Next()
		if errors.Is(err, tar.ErrInsecurePath) {
			err = nil // names are shown, and never written to
		}
		switch {
		case errors.Is(err, io.EOF) && t.number == 0:
			return member{place: t.name}, errNoArticles
		case errors.Is(err, tar.ErrHeader):
			return member{place: t.name}, fmt.Errorf("%w: the archive is damaged, or no tar archive", err)
		case err != nil:
			return member{place: t.name}, err
		}
		format, ok := articleFormat(h.Name, FormatAuto)
		if h.Typeflag != tar.TypeReg || hidden(h.Name) || !ok {
			continue
		}
		t.number++
		return member{
			place: t.name + "!" + shown(h.Name), name: h.Name, format: format, fatal: true,
			open: func() (io.ReadCloser, error) { return io.NopCloser(t.tar), nil },
		}, nil
	}
}

// zipMembers are the texts and pages of a zip archive, in its order.
type zipMembers struct {
	name string
	zip  *zip.ReadCloser
	at   int
	done int64
	any  bool
}

func openZip(name string) (*zipMembers, error) {
	z, err := zip.OpenReader(name)
	if errors.Is(err, zip.ErrInsecurePath) {
		err = nil // names are shown, and never written to
	}
	if err != nil {
		return nil, fmt.Errorf("open input %s: %w: the archive is damaged or cut off", name, err)
	}
	return &zipMembers{name: name, zip: z}, nil
}

func (z *zipMembers) next() (member, error) {
	for z.at < len(z.zip.File) {
		f := z.zip.File[z.at]
		z.at++
		z.done += int64(min(f.CompressedSize64, 1<<50))
		format, ok := articleFormat(f.Name, FormatAuto)
		if !f.Mode().IsRegular() || hidden(f.Name) || !ok {
			continue
		}
		z.any = true
		return member{
			place: z.name + "!" + shown(f.Name), name: f.Name, format: format,
			open: func() (io.ReadCloser, error) {
				if f.Flags&1 != 0 {
					return nil, errEncrypted
				}
				return f.Open()
			},
		}, nil
	}
	if !z.any {
		return member{place: z.name}, errNoArticles
	}
	return member{}, io.EOF
}

func (z *zipMembers) read() int64 { return z.done }

func (z *zipMembers) Close() error { return z.zip.Close() }

// oneMember is an input that is a text or a page itself.
type oneMember struct {
	*stream
	format Format
	done   bool
}

func (o *oneMember) next() (member, error) {
	if o.done {
		return member{}, io.EOF
	}
	o.done = true
	return member{place: o.name, format: o.format, open: func() (io.ReadCloser, error) { return io.NopCloser(o.text), nil }}, nil
}

// folderMembers are the texts and pages of a folder, sorted.
type folderMembers struct {
	walk  *walk
	asked Format
	done  int64
}

func (f *folderMembers) next() (member, error) {
	for {
		file, err := f.walk.next()
		if err != nil {
			return member{place: file.path}, err
		}
		format, ok := articleFormat(file.path, f.asked)
		if !ok {
			continue
		}
		f.done += file.size
		return member{
			place: file.path, name: file.name, format: format,
			open: func() (io.ReadCloser, error) { return os.Open(file.path) },
		}, nil
	}
}

func (f *folderMembers) read() int64 { return f.done }

func (f *folderMembers) Close() error { return nil }
