package near

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/mujaz/mujaz/internal/clean"
)

// Article is what an article is compared by.
type Article struct {
	// Paragraphs are the marks of the sentences of each paragraph, in order. One
	// that holds a credit alone is there, and empty.
	Paragraphs [][]Mark
	// Words of the sentences that are marked. 0 where it is not known.
	Words int
	// saysMore: its title has a number that its text has not, so that it is
	// nobody's copy.
	saysMore bool
}

// Mark stands for a sentence: the first 48 bits of the SHA-256 of its words. Of
// 100,000 articles with 20 sentences each, two different sentences share one with
// a chance of 0.7 %; an article is taken for another only where all of its marks
// are shared, in order.
type Mark uint64

const (
	markBytes = 6
	markChars = markBytes * 8 / 6 // in base64
)

// MaxSentences an article may have to be compared: some 12,000 words, beyond all
// wire copy. It bounds what one article can make an index or a receipt hold.
const MaxSentences = 512

// Of reads a cleaned article. It is empty for one of more than [MaxSentences].
func Of(a clean.Article) Article {
	var r reader
	r.title(a.Title)
	out := Article{Paragraphs: make([][]Mark, len(a.Paragraphs))}
	for i := range a.Paragraphs {
		r.paragraph(a.Paragraphs[i].Text, r.total == 0)
		out.Paragraphs[i] = r.marks
		r.marks, r.total = nil, r.total+len(r.marks)
		if r.total > MaxSentences {
			return Article{}
		}
	}
	out.Words, out.saysMore = r.words, len(r.unsaid) > 0
	return out
}

// Marks of all sentences, in order.
func (a Article) Marks() []Mark { return slices.Concat(a.Paragraphs...) }

// Covers reports whether a says all that the copy does: whether the copy's
// sentences are among a's, in the same order.
func (a Article) Covers(copied Article) bool {
	marks := copied.Marks()
	return len(marks) > 0 && !copied.saysMore && covers(a.Marks(), marks)
}

// Same reports whether the two have the same sentences in the same order.
func (a Article) Same(b Article) bool { return slices.Equal(a.Marks(), b.Marks()) }

func covers(original, copied []Mark) bool {
	for _, m := range copied {
		at := slices.Index(original, m)
		if at < 0 {
			return false
		}
		original = original[at+1:]
	}
	return true
}

// Place finds the copy's paragraphs (from 0) that together have every sentence of
// the original's paragraph. There are none where a sentence is left out, or where
// the paragraph has no sentence that is marked.
func (a Article) Place(paragraph int, copied Article) []int {
	if paragraph < 0 || paragraph >= len(a.Paragraphs) {
		return nil
	}
	var found []int
	for _, m := range a.Paragraphs[paragraph] {
		i := slices.IndexFunc(copied.Paragraphs, func(marks []Mark) bool { return slices.Contains(marks, m) })
		if i < 0 {
			return nil
		}
		if !slices.Contains(found, i) {
			found = append(found, i)
		}
	}
	return found
}

// Encode gives the marks of each paragraph as text, 8 characters a sentence.
func (a Article) Encode() []string {
	if len(a.Paragraphs) == 0 {
		return nil
	}
	out := make([]string, len(a.Paragraphs))
	for i, marks := range a.Paragraphs {
		raw := make([]byte, 0, len(marks)*markBytes)
		for _, m := range marks {
			raw = append(raw, binary.BigEndian.AppendUint64(nil, uint64(m))[8-markBytes:]...)
		}
		out[i] = base64.RawURLEncoding.EncodeToString(raw)
	}
	return out
}

// Decode reads what [Article.Encode] wrote.
func Decode(paragraphs []string) (Article, error) {
	var a Article
	total := 0
	for _, text := range paragraphs {
		raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
		if total += len(raw) / markBytes; err != nil || len(raw)%markBytes != 0 || total > MaxSentences {
			return Article{}, errors.New("read the marks of an article: not as they are written")
		}
		var marks []Mark
		for b := range slices.Chunk(raw, markBytes) {
			marks = append(marks, markOf(b))
		}
		a.Paragraphs = append(a.Paragraphs, marks)
	}
	return a, nil
}

func markOf(b []byte) Mark {
	var wide [8]byte
	copy(wide[8-markBytes:], b)
	return Mark(binary.BigEndian.Uint64(wide[:]))
}

func markSentence(words []byte) Mark {
	sum := sha256.Sum256(words)
	return markOf(sum[:markBytes])
}
