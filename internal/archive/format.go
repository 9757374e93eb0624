package archive

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Format of an input.
type Format string

// The formats. [FormatAuto] goes by the name's extension, behind which .gz and
// .zst say how the input is compressed.
const (
	FormatAuto    Format = ""
	FormatJSONL   Format = "jsonl" // one object a line, or one array of objects
	FormatCSV     Format = "csv"   // with a header; the delimiter is found out
	FormatTSV     Format = "tsv"   // CSV with tabs
	FormatParquet Format = "parquet"
	FormatText    Format = "text" // one article a file
	FormatHTML    Format = "html" // one page a file
	FormatTar     Format = "tar"  // of texts and pages
	FormatZip     Format = "zip"  // of texts and pages
	FormatWARC    Format = "warc"
	FormatFeed    Format = "feed" // RSS or Atom

	formatFolder Format = "folder" // of texts and pages; a folder is never anything else
)

// extension of a file name and what it stands for.
type extension struct {
	suffix string
	format Format
}

// extensions go from the longer suffix to the shorter.
func extensions() []extension {
	return []extension{
		{".jsonl", FormatJSONL},
		{".ndjson", FormatJSONL},
		{".json", FormatJSONL},
		{".csv", FormatCSV},
		{".tsv", FormatTSV},
		{".tab", FormatTSV},
		{".parquet", FormatParquet},
		{".pq", FormatParquet},
		{".txt", FormatText},
		{".html", FormatHTML},
		{".htm", FormatHTML},
		{".xhtml", FormatHTML},
		{".tar", FormatTar},
		{".tgz", FormatTar},
		{".tzst", FormatTar},
		{".zip", FormatZip},
		{".warc", FormatWARC},
		{".rss", FormatFeed},
		{".atom", FormatFeed},
		{".xml", FormatFeed},
	}
}

// Formats are all formats that can be asked for, in the order of the documentation.
func Formats() []Format {
	return []Format{
		FormatJSONL, FormatCSV, FormatTSV, FormatParquet, FormatText, FormatHTML,
		FormatTar, FormatZip, FormatWARC, FormatFeed,
	}
}

// ParseFormat is the format of that name; the empty name is [FormatAuto]. The error
// lists all.
func ParseFormat(name string) (Format, error) {
	f := Format(strings.ToLower(name))
	if f != FormatAuto && !slices.Contains(Formats(), f) {
		return "", fmt.Errorf("format %q is not known: it must be one of %s", name, formatNames())
	}
	return f, nil
}

func formatNames() string {
	names := make([]string, 0, len(Formats()))
	for _, f := range Formats() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

// formatOf goes by the extension, whatever compression stands behind it.
func formatOf(name string) (Format, bool) {
	name = strings.ToLower(filepath.Base(name))
	for _, compressed := range []string{".gz", ".zst", ".zstd"} {
		name = strings.TrimSuffix(name, compressed)
	}
	for _, e := range extensions() {
		if strings.HasSuffix(name, e.suffix) {
			return e.format, true
		}
	}
	return "", false
}

// articleFormat is the format of a member of a folder or an archive: a text or a page.
// With a format that was asked for, every member has it.
func articleFormat(name string, asked Format) (Format, bool) {
	if asked == FormatText || asked == FormatHTML {
		return asked, true
	}
	f, ok := formatOf(name)
	return f, ok && (f == FormatText || f == FormatHTML)
}

var errNoFormat = errors.New("the format cannot be told")

// sniffFormat tells the format from the first, decompressed bytes of an input.
func sniffFormat(head []byte) (Format, error) {
	if f, ok := binaryFormat(head); ok {
		return f, nil
	}
	text := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff"))))
	starts := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return bytes.HasPrefix(text, []byte(p)) })
	}
	switch {
	case len(text) == 0:
		return FormatJSONL, nil // which has no rows then
	case starts("{", "["):
		return FormatJSONL, nil
	case starts("warc/"):
		return FormatWARC, nil
	case starts("<rss", "<feed", "<rdf:"):
		return FormatFeed, nil
	case starts("<?xml") && (bytes.Contains(text, []byte("<rss")) || bytes.Contains(text, []byte("<feed")) || bytes.Contains(text, []byte("<rdf:"))):
		return FormatFeed, nil
	case starts("<!doctype html", "<html", "<?xml", "<head", "<body"):
		return FormatHTML, nil
	}
	if line, _, ok := bytes.Cut(text, []byte("\n")); ok && bytes.ContainsAny(line, ",;\t|") {
		return FormatCSV, nil
	}
	return "", fmt.Errorf("%w from its first bytes: say it with --format (%s)", errNoFormat, formatNames())
}

// binaryFormat knows formats by their magic bytes.
func binaryFormat(head []byte) (Format, bool) {
	switch {
	case bytes.HasPrefix(head, []byte("PAR1")):
		return FormatParquet, true
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return FormatZip, true
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return FormatTar, true
	}
	return "", false
}
