package archive

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http/httputil"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"golang.org/x/text/encoding"
)

// maxHeader bounds the header of a WARC record, and the HTTP header in it, in bytes; crawlers
// write a kilobyte, servers a few.
const maxHeader = 256 << 10

var (
	errWARC   = errors.New("no WARC record where one must begin: the file is damaged, or no WARC file")
	errHeader = fmt.Errorf("header longer than %d KiB", maxHeader>>10)
	// errSegmented is a page that goes on in later records, for which constant memory cannot wait.
	errSegmented = errors.New("segmented record: a page that is divided over several records is not read")
)

// warcRows are the pages of a WARC file: response records with the status 200 that hold HTML or
// plain text. All others (requests, images, redirects, revisits) are no rows.
type warcRows struct {
	*stream
	encoding encoding.Encoding
	record   int64            // number of the last record, from 1
	block    io.LimitedReader // what of its block was not read
	buffer   *bufio.Reader    // of the block
}

// warcPage is a response that is a row, but for its body.
type warcPage struct {
	record, http textproto.MIMEHeader
	format       Format
}

func newWARCRows(s *stream, asked encoding.Encoding) *warcRows {
	w := &warcRows{stream: s, encoding: asked}
	w.buffer = bufio.NewReader(&w.block)
	return w
}

func (w *warcRows) next(_ context.Context, c *cells) (Place, error) {
	page, err := w.nextPage()
	place := Place{Input: w.name, Line: w.record}
	if err != nil {
		return place, err
	}
	raw, err := readBounded(w.buffer)
	switch {
	case errors.Is(err, errLargeMember):
		return place, &RowError{Place: place, Err: err}
	case err == nil && w.block.N > 0:
		return place, io.ErrUnexpectedEOF
	case err != nil:
		return place, err
	}
	if raw, err = decodeBody(raw, page.http); err == nil {
		err = putArticle(c, raw, page.format, page.http.Get("Content-Type"), w.encoding)
	}
	if err != nil {
		return place, &RowError{Place: place, Err: err}
	}
	c.put(fieldURL, strings.Trim(page.record.Get("WARC-Target-URI"), "<>"))
	if page.record.Get("WARC-Truncated") != "" {
		c.warn("the crawler has cut this page off")
	}
	return place, nil
}

func (w *warcRows) skip(ctx context.Context, n int64) (int64, error) {
	return eachSkipped(ctx, n, func() error {
		_, err := w.nextPage()
		return err
	})
}

// nextPage goes to the next record that is a row, up to its body.
func (w *warcRows) nextPage() (warcPage, error) {
	for {
		header, err := w.nextRecord()
		if err != nil {
			return warcPage{}, err
		}
		kind, _, _ := mime.ParseMediaType(header.Get("Content-Type")) // with an error it is no HTTP
		if header.Get("WARC-Type") != "response" || kind != "application/http" {
			continue
		}
		status, http, err := readHeader(w.buffer)
		if errors.Is(err, errHeader) {
			return warcPage{}, w.rowError(err)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return warcPage{}, err
		}
		format, ok := pageFormat(http.Get("Content-Type"))
		if code := strings.Fields(status); !ok || len(code) < 2 || code[1] != "200" {
			continue
		}
		if header.Get("WARC-Segment-Number") != "" {
			return warcPage{}, w.rowError(errSegmented)
		}
		return warcPage{record: header, http: http, format: format}, nil
	}
}

func (w *warcRows) rowError(err error) error {
	return &RowError{Place: Place{Input: w.name, Line: w.record}, Err: err}
}

// nextRecord passes over what is left of the record and reads the header of the next.
func (w *warcRows) nextRecord() (textproto.MIMEHeader, error) {
	if w.block.N > 0 {
		if _, err := io.Copy(io.Discard, &w.block); err != nil {
			return nil, err
		}
		if w.block.N > 0 {
			return nil, io.ErrUnexpectedEOF
		}
	}
	for { // records end in two empty lines
		b, err := w.text.ReadByte()
		if err != nil {
			return nil, err
		}
		if b != '\r' && b != '\n' {
			break
		}
	}
	if err := w.text.UnreadByte(); err != nil {
		return nil, err
	}
	version, header, err := readHeader(w.text)
	switch {
	case errors.Is(err, io.EOF) && strings.HasPrefix(version, "WARC/"):
		return nil, io.ErrUnexpectedEOF
	case !strings.HasPrefix(version, "WARC/"), errors.Is(err, errHeader):
		return nil, errWARC
	case err != nil:
		return nil, err
	}
	length, err := strconv.ParseInt(strings.TrimSpace(header.Get("Content-Length")), 10, 64)
	if err != nil || length < 0 {
		return nil, errWARC
	}
	w.record++
	w.block = io.LimitedReader{R: w.text, N: length}
	w.buffer.Reset(&w.block)
	return header, nil
}

// readHeader reads a first line and the fields behind it, up to an empty line. Lines that are no
// fields are passed over, as browsers do.
func readHeader(r *bufio.Reader) (first string, header textproto.MIMEHeader, err error) {
	header = textproto.MIMEHeader{}
	for size, n := 0, 0; ; n++ {
		line, err := r.ReadSlice('\n')
		if size += len(line); size > maxHeader {
			return first, header, errHeader
		}
		text := strings.TrimSpace(string(line))
		switch name, value, ok := strings.Cut(text, ":"); {
		case errors.Is(err, bufio.ErrBufferFull):
			continue // a field so long is none that is asked for
		case err != nil:
			return first, header, err
		case n == 0:
			first = text
		case text == "":
			return first, header, nil
		case ok:
			header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
		}
	}
}

// pageFormat says how a response of that type is read, if it is a text.
func pageFormat(contentType string) (Format, bool) {
	kind, _, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "text/html", "application/xhtml+xml":
		return FormatHTML, true
	case "text/plain":
		return FormatText, true
	}
	return "", false
}

// decodeBody undoes the transfer and content encodings of a response. Many crawlers store the page
// without them and leave the header as it was, so what is not encoded stays as it is.
func decodeBody(raw []byte, http textproto.MIMEHeader) ([]byte, error) {
	if strings.Contains(strings.ToLower(http.Get("Transfer-Encoding")), "chunked") {
		if whole, err := readBounded(httputil.NewChunkedReader(bytes.NewReader(raw))); err == nil {
			raw = whole
		}
	}
	var r io.Reader
	switch encoding := strings.ToLower(strings.TrimSpace(http.Get("Content-Encoding"))); encoding {
	case "br":
		r = brotli.NewReader(bytes.NewReader(raw))
	case "deflate":
		if z, err := zlib.NewReader(bytes.NewReader(raw)); err == nil {
			r = z
		} else {
			r = flate.NewReader(bytes.NewReader(raw))
		}
	default: // gzip and zstd by their first bytes
		return memberContent(raw)
	}
	body, err := readBounded(r)
	if err != nil && !errors.Is(err, errLargeMember) && bytes.IndexByte(raw[:min(len(raw), 512)], '<') >= 0 {
		return raw, nil
	}
	return body, err
}
