package prompts

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// MaxDefects bounds the defects one repair quotes: a model given more mends
	// none of them well.
	MaxDefects = 12
	// maxDefectRunes bounds one defect; what is quoted in it is a sentence.
	maxDefectRunes = 400

	fenceDigits = 12
	// minFence and maxFence bound a marker that the caller gives.
	minFence, maxFence = 8, 64
)

// FenceFor derives the marker of an article from its digest. The same article
// gets the same marker, so that a replay sends the same bytes, and its author
// cannot know the marker without finding a text that contains a part of its
// own hash. Render checks that all the same.
func FenceFor(digest string) string {
	sum := sha256.Sum256([]byte("mujaz fence\n" + digest))
	return "article-" + hex.EncodeToString(sum[:])[:fenceDigits]
}

// articleFence returns a marker that occurs nowhere in what it will enclose.
func articleFence(d Data) (string, error) {
	fence := d.Fence
	if fence == "" {
		h := sha256.New()
		for _, p := range d.Paragraphs {
			io.WriteString(h, p.Text) //nolint:errcheck // A hash never fails.
		}
		fence = FenceFor(string(h.Sum(nil)))
	}
	if err := checkFence(fence); err != nil {
		return "", err
	}
	return extendUntil(fence, func(fence string) bool {
		for i := range d.Paragraphs {
			if strings.Contains(d.Paragraphs[i].Text, fence) {
				return false
			}
		}
		if slices.ContainsFunc(d.Claims, func(claim string) bool { return strings.Contains(claim, fence) }) {
			return false
		}
		if slices.ContainsFunc(d.Names, func(t Term) bool { return strings.Contains(t.Source+t.English, fence) }) {
			return false
		}
		return !strings.Contains(d.Title, fence) && !strings.Contains(d.Source, fence)
	}), nil
}

func defectsFence(d Data) (string, error) {
	fence := d.Fence
	if fence == "" {
		fence = FenceFor(d.PreviousAnswer)
	}
	if err := checkFence(fence); err != nil {
		return "", err
	}
	fence = "defects-" + strings.TrimPrefix(fence, "article-")
	return extendUntil(fence, func(fence string) bool {
		for _, defect := range d.Defects {
			if strings.Contains(defect, fence) {
				return false
			}
		}
		return true
	}), nil
}

// extendUntil lengthens the fence until it is absent. It ends: a marker longer
// than the text cannot occur in it.
func extendUntil(fence string, absent func(string) bool) string {
	for !absent(fence) {
		sum := sha256.Sum256([]byte(fence))
		fence += hex.EncodeToString(sum[:])[:fenceDigits]
	}
	return fence
}

func checkFence(fence string) error {
	if len(fence) < minFence || len(fence) > maxFence {
		return errors.New("the fence must have 8 to 64 characters")
	}
	for i := range len(fence) {
		if c := fence[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return errors.New("the fence must consist of a-z, 0-9 and -")
		}
	}
	return nil
}

// fencedArticle writes the article between its markers, a line a paragraph.
func fencedArticle(d Data, fence string) string {
	size := 2*len(fence) + len(d.Title) + len(d.Source) + 80
	for i := range d.Paragraphs {
		size += len(d.Paragraphs[i].Text) + 8
	}
	for _, t := range d.Names {
		size += len(t.Source) + len(t.English) + 16
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteString("<" + fence + ">\n")
	writeField(&b, "Title", d.Title)
	writeField(&b, "Source", d.Source)
	if !d.PublishedAt.IsZero() {
		writeField(&b, "Published", d.PublishedAt.Format("Monday, 2 January 2006"))
	}
	for _, t := range d.Names {
		writeField(&b, "Name", t.Source+" = "+t.English)
	}
	var number [20]byte
	for i := range d.Paragraphs {
		b.WriteByte('[')
		b.Write(strconv.AppendInt(number[:0], int64(d.Paragraphs[i].ID), 10))
		for _, id := range d.Paragraphs[i].Also {
			b.WriteString(", ")
			b.Write(strconv.AppendInt(number[:0], int64(id), 10))
		}
		b.WriteString("] ")
		b.WriteString(oneLine(d.Paragraphs[i].Text))
		b.WriteByte('\n')
	}
	b.WriteString("</" + fence + ">")
	return b.String()
}

func writeField(b *strings.Builder, name, value string) {
	if value == "" {
		return
	}
	b.WriteString(name)
	b.WriteString(": ")
	b.WriteString(oneLine(value))
	b.WriteByte('\n')
}

// fencedDefects writes the list of defects between markers: what a defect
// quotes came from the article or from the model.
func fencedDefects(d Data, fence string) string {
	var b strings.Builder
	b.WriteString("<" + fence + ">\n")
	for _, defect := range d.Defects[:min(len(d.Defects), MaxDefects)] {
		b.WriteString("- ")
		b.WriteString(cut(oneLine(defect), maxDefectRunes))
		b.WriteByte('\n')
	}
	b.WriteString("</" + fence + ">")
	return b.String()
}

// fencedClaims writes the claims between markers of their own, made of the
// article's: that one occurs in no claim, or it is lengthened until it does not.
func fencedClaims(d Data, article string) string {
	if len(d.Claims) == 0 {
		return ""
	}
	fence := extendUntil("claims-"+strings.TrimPrefix(article, "article-"), func(fence string) bool {
		return !slices.ContainsFunc(d.Claims, func(claim string) bool { return strings.Contains(claim, fence) })
	})
	var b strings.Builder
	b.WriteString("<" + fence + ">\n")
	for i, claim := range d.Claims {
		b.WriteByte('[')
		b.WriteString(strconv.Itoa(i + 1))
		b.WriteString("] ")
		b.WriteString(oneLine(claim))
		b.WriteByte('\n')
	}
	b.WriteString("</" + fence + ">")
	return b.String()
}

func glossaryLines(terms []Term) string {
	var b strings.Builder
	for _, t := range terms {
		b.WriteString("- ")
		b.WriteString(oneLine(t.Source))
		b.WriteString(" = ")
		b.WriteString(oneLine(t.English))
		b.WriteByte('\n')
	}
	return b.String()
}

// neutral takes away what could pass for the end of the line or for a marker.
// "<" also opens the control tokens of chat templates (<|im_start|>,
// <start_of_turn>), which some servers honour inside of a message.
var neutral = strings.NewReplacer(
	"\r\n", " ", "\n", " ", "\r", " ", "\v", " ", "\f", " ",
	"\u0085", " ", "\u2028", " ", "\u2029", " ",
	"<", "‹",
)

// oneLine returns s as one line without "<". The common case, nothing to do,
// costs a few vectorised searches and no allocation.
func oneLine(s string) string {
	for _, c := range []byte("\n<\r\v\f") {
		if strings.IndexByte(s, c) >= 0 {
			return neutral.Replace(s)
		}
	}
	for _, c := range []string{"\u2028", "\u2029", "\u0085"} {
		if strings.Contains(s, c) {
			return neutral.Replace(s)
		}
	}
	return s
}

// cut shortens s to at most n runes.
func cut(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	count := 0
	for i := range s {
		if count == n-1 {
			return s[:i] + "…"
		}
		count++
	}
	return s
}
