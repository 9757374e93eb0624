package archive_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/queue"
)

const rss = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>صحيفة النخيل</title><language>ar</language>
<item><title>جسر جديد</title><link>https://news.example/1</link><guid>n-1</guid><dc:creator>ليلى حداد</dc:creator>
<pubDate>Sun, 01 Mar 2026 09:30:00 +0300</pubDate><description>ملخص</description>
<content:encoded><![CDATA[<p>افتتح الوزير الجسر.</p>]]></content:encoded></item>
<item><title>مطر</title><link>https://news.example/2</link><guid>n-2</guid><description>هطل المطر على المدينة</description></item>
</channel></rss>`

const atom = `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>صحيفة النخيل</title>
<entry><id>n-1</id><title>جسر جديد</title><link href="https://news.example/1"/><updated>2026-03-01T06:30:00Z</updated>
<author><name>ليلى حداد</name></author><content type="html">&lt;p&gt;افتتح الوزير الجسر.&lt;/p&gt;</content></entry></feed>`

func TestFeed(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 6, 30, 0, 0, time.UTC)
	bridge := queue.Article{
		Title: "جسر جديد", HTML: "<p>افتتح الوزير الجسر.</p>", URL: "https://news.example/1",
		Source: "صحيفة النخيل", Author: "ليلى حداد", Lang: "ar", PublishedAt: at,
	}
	atomBridge := bridge
	atomBridge.Lang = ""
	rain := queue.Article{Title: "مطر", Text: "هطل المطر على المدينة", URL: "https://news.example/2", Source: "صحيفة النخيل", Lang: "ar"}
	arabic, err := charmap.Windows1256.NewEncoder().String(strings.Replace(rss, "UTF-8", "windows-1256", 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, data string
		want       []queue.Article
	}{
		{"a.rss", rss, []queue.Article{bridge, rain}},
		{"a.xml", rss, []queue.Article{bridge, rain}},
		{"a.atom", atom, []queue.Article{atomBridge}},
		{"a.xml.gz", string(gzipped(t, []byte(rss))), []queue.Article{bridge, rain}},
		{"windows-1256.xml", arabic, []queue.Article{bridge, rain}},
		{"empty.xml", " \n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := write(t, tt.name, []byte(tt.data))
			rows, bad, err := read(t, archive.Options{}, path)
			if err != nil || len(bad) > 0 {
				t.Fatalf("errors %v, %v", bad, err)
			}
			var got []queue.Article
			for i, r := range rows {
				got = append(got, r.Article)
				if want := []string{"n-1", "n-2"}[i]; r.ID != want {
					t.Errorf("id %q, want %q", r.ID, want)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			for n := range int64(len(rows) + 2) {
				skipTo(t, archive.Options{}, path, n, rows)
			}
		})
	}
}
