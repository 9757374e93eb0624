package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
)

// maxFeed bounds a feed in bytes: it is read as a whole. Sites offer some hundred entries.
const maxFeed = 32 << 20

// feedRows are the entries of an RSS or Atom feed.
type feedRows struct {
	*stream
	feed *gofeed.Feed // nil until it is read
	at   int
}

func (f *feedRows) next(_ context.Context, c *cells) (Place, error) {
	place := Place{Input: f.name, Line: int64(f.at + 1)}
	if err := f.parse(); err != nil {
		return place, err
	}
	if f.at >= len(f.feed.Items) {
		return place, io.EOF
	}
	item := f.feed.Items[f.at]
	f.feed.Items[f.at] = nil // the rest of the feed is enough to hold
	f.at++
	body := item.Content
	if strings.TrimSpace(body) == "" {
		body = item.Description
	}
	if strings.ContainsAny(body, "<&") {
		c.put(fieldHTML, body)
	} else {
		c.put(fieldText, body)
	}
	c.put(fieldID, item.GUID)
	c.put(fieldTitle, item.Title)
	c.put(fieldURL, item.Link)
	c.put(fieldSource, f.feed.Title)
	c.put(fieldLang, f.feed.Language)
	c.put(fieldPublishedAt, feedDate(item))
	var authors []string
	for _, a := range item.Authors {
		if a != nil && a.Name != "" {
			authors = append(authors, a.Name)
		}
	}
	c.put(fieldAuthor, strings.Join(authors, ", "))
	return place, nil
}

func feedDate(item *gofeed.Item) string {
	switch {
	case item.PublishedParsed != nil:
		return item.PublishedParsed.Format(time.RFC3339)
	case item.Published != "":
		return item.Published
	case item.UpdatedParsed != nil:
		return item.UpdatedParsed.Format(time.RFC3339)
	}
	return item.Updated
}

func (f *feedRows) skip(_ context.Context, n int64) (int64, error) {
	if err := f.parse(); err != nil {
		return 0, err
	}
	n = min(n, int64(len(f.feed.Items)-f.at))
	clear(f.feed.Items[f.at : f.at+int(n)])
	f.at += int(n)
	return n, nil
}

// parse reads the feed, once. An empty file has no entries.
func (f *feedRows) parse() error {
	if f.feed != nil {
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(f.text, maxFeed+1))
	if err != nil {
		return err
	}
	if len(data) > maxFeed {
		return fmt.Errorf("a feed larger than %d MiB: divide it, or convert it to JSON Lines", maxFeed>>20)
	}
	if f.feed = new(gofeed.Feed); len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(data))
	if err != nil {
		return errors.New("neither RSS nor Atom, or its XML is broken")
	}
	f.feed = feed
	return nil
}
