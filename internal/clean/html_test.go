package clean_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"github.com/mujaz/mujaz/internal/clean"
)

const arabicPage = `<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8">
<title>` + title + ` | صحيفة الضفة</title>
<meta property="og:site_name" content="صحيفة الضفة">
<meta property="article:published_time" content="2024-03-12T10:30:00+03:00">
<meta name="author" content="هدى الشامي">
<style>.x{color:red}</style><script>var تتبع = "لا يظهر";</script></head><body>
<div id="cookie-bar" class="cookie-bar">نستخدم ملفات تعريف الارتباط لتحسين تجربتك. <button>موافق</button></div>
<nav><ul><li><a href="/">الرئيسية</a></li><li><a href="/s">سياسة</a></li><li><a href="/e">اقتصاد</a></li></ul></nav>
<article><h1>` + title + `</h1>
<p class="meta">نُشر في: 12 مارس 2024</p>
<div class="share"><a href="#">فيسبوك</a> <a href="#">تويتر</a> <a href="#">واتساب</a></div>
<figure><img src="b.jpg"><figcaption>الجسر الجديد (تصوير كريم العلي)</figcaption></figure>
<p>` + par1 + `</p>
<p>` + par2 + `</p>
<p><a href="/other">اقرأ أيضاً: إغلاق طريق الساحل أسبوعين للصيانة</a></p>
<h2>المرحلة الثانية</h2>
<p>` + par3 + `</p>
<ul><li>طول الجسر 640 مترا، وعرضه 24 مترا، وفيه ثلاثة مسارات في كل اتجاه.</li><li>تبلغ الحمولة القصوى للشاحنات المسموح بها على الجسر أربعين طنا.</li></ul>
<table><tr><th>المرحلة</th><th>الكلفة</th></tr><tr><td>الأولى</td><td>45 مليون دينار</td></tr></table>
<blockquote>«سيغير هذا الجسر حياة سكان الضفة الشرقية الذين انتظروه طويلا»، قالت منصور في ختام الحفل.</blockquote>
<p>وحضر الافتتاح مئات من سكان المدينة،<br>ثم عبر الجسر موكب من الدراجات يتقدمه طلاب المدارس وأعضاء المجلس البلدي.</p>
<p>لم تشترك بعد</p></article>
<aside><h3>الأكثر قراءة</h3><ul><li><a href="/1">خطة لتوسعة مطار الزهراء</a></li><li><a href="/2">عودة العبارات إلى الخدمة</a></li></ul></aside>
<section id="comments" class="comments"><h3>التعليقات</h3><p>خبر جميل شكرا لكم على المتابعة المستمرة</p><form><textarea>اكتب تعليقك</textarea></form></section>
<footer>© 2024 صحيفة الضفة. جميع الحقوق محفوظة</footer></body></html>`

func TestArabicPage(t *testing.T) {
	t.Parallel()
	a := mustClean(t, clean.Input{HTML: arabicPage, URL: "https://news.example.org/a/1"})
	want := []string{
		par1, par2, "المرحلة الثانية", par3,
		"طول الجسر 640 مترا، وعرضه 24 مترا، وفيه ثلاثة مسارات في كل اتجاه.",
		"تبلغ الحمولة القصوى للشاحنات المسموح بها على الجسر أربعين طنا.",
		"المرحلة | الكلفة", "الأولى | 45 مليون دينار",
		"«سيغير هذا الجسر حياة سكان الضفة الشرقية الذين انتظروه طويلا»، قالت منصور في ختام الحفل.",
		"وحضر الافتتاح مئات من سكان المدينة،",
		"ثم عبر الجسر موكب من الدراجات يتقدمه طلاب المدارس وأعضاء المجلس البلدي.",
	}
	if diff := cmp.Diff(want, texts(a)); diff != "" {
		t.Errorf("paragraphs (-want +got):\n%s", diff)
	}
	if a.Title != title || a.SiteName != "صحيفة الضفة" || a.Byline != "هدى الشامي" || a.Language != "ar" {
		t.Errorf("facts: %q, %q, %q, %q", a.Title, a.SiteName, a.Byline, a.Language)
	}
	if at := time.Date(2024, 3, 12, 7, 30, 0, 0, time.UTC); !a.PublishedAt.Equal(at) {
		t.Errorf("published at %v", a.PublishedAt)
	}
	kinds := map[clean.Kind]bool{}
	for _, r := range a.Removed {
		kinds[r.Kind] = true
	}
	for _, k := range []clean.Kind{clean.KindPage, clean.KindCaption, clean.KindRelated, clean.KindSubscribe} {
		if !kinds[k] {
			t.Errorf("removal of kind %s is not listed: %+v", k, a.Removed)
		}
	}
	checkAgain(t, a)
}

func TestPageInTextIsReadAsAPage(t *testing.T) {
	t.Parallel()
	a, b := mustClean(t, clean.Input{Text: arabicPage}), mustClean(t, clean.Input{HTML: arabicPage})
	if diff := cmp.Diff(texts(b), texts(a)); diff != "" || !slices.Contains(a.Repairs, clean.RepairMarkup) {
		t.Errorf("repairs %v (-html +text):\n%s", a.Repairs, diff)
	}
}

func TestCharsets(t *testing.T) {
	t.Parallel()
	paragraphs := "<p>" + par1 + "</p><p>" + par2 + "</p><p>" + par3 + "</p>"
	for _, tc := range []struct{ name, head, repair string }{
		{"declared", `<meta charset="windows-1256">`, clean.RepairCharset + "windows-1256"},
		{"not declared", ``, clean.RepairCharset + "windows-1256"},
		{"declared wrongly", `<meta charset="utf-8">`, clean.RepairCharset + "windows-1256"},
	} {
		raw := encoded(t, charmap.Windows1256, "<html><head>"+tc.head+"</head><body><article>"+paragraphs+"</article></body></html>")
		a := mustClean(t, clean.Input{HTML: raw})
		if diff := cmp.Diff([]string{par1, par2, par3}, texts(a)); diff != "" || !slices.Contains(a.Repairs, tc.repair) {
			t.Errorf("%s: repairs %v (-want +got):\n%s", tc.name, a.Repairs, diff)
		}
	}
	polish := encoded(t, charmap.Windows1250, `<html><head><meta charset="windows-1250"></head><body><p>Burmistrz ogłosił, że nowy most zostanie otwarty w przyszłym miesiącu, a objazdy znikną dopiero jesienią.</p></body></html>`)
	if a := mustClean(t, clean.Input{Text: polish}); !strings.Contains(a.Text(), "ogłosił, że nowy most") || a.Language != "pl" {
		t.Errorf("Polish page given as text: %q in %q", a.Text(), a.Language)
	}
	latin := encoded(t, charmap.Windows1252, "<html><body><article><p>Le président a déclaré que l'été sera très chaud à Genève, après une année sèche, et que les réserves d'eau sont déjà basses.</p></article></body></html>")
	if a := mustClean(t, clean.Input{HTML: latin}); !strings.Contains(a.Text(), "déclaré que l'été") {
		t.Errorf("Latin page: %q", a.Text())
	}
}

func TestStatedBody(t *testing.T) {
	t.Parallel()
	json := `{"@context":"https://schema.org","@graph":[{"@type":"WebPage"},{"@type":"NewsArticle","articleBody":"` + par1 + `\n\n` + par2 + `\n` + par3 + `"}]}`
	page := `<html><head><title>` + title + `</title><script type="application/ld+json">` + json + `</script></head><body><div id="app"><p>حمل التطبيق لقراءة الخبر كاملا على هاتفك.</p></div></body></html>`
	a := mustClean(t, clean.Input{HTML: page})
	if diff := cmp.Diff([]string{par1, par2, par3}, texts(a)); diff != "" {
		t.Errorf("from JSON-LD (-want +got):\n%s", diff)
	}
	broken := strings.Replace(page, `"@graph":[`, `"@graph":[[[[{`, 1)
	mustClean(t, clean.Input{HTML: broken}) // must not fail
}

func TestConsentDialogIsNotTheArticle(t *testing.T) {
	t.Parallel()
	dialog := strings.Repeat("<p>These cookies are needed for the site to work and cannot be switched off in our systems, because they are set in answer to what you do.</p>", 20)
	a := mustClean(t, clean.Input{HTML: "<html><body><div id='root'><div><p>" + par1 + "</p></div></div><div id='onetrust-consent-sdk'>" + dialog + "</div></body></html>"})
	if diff := cmp.Diff([]string{par1}, texts(a)); diff != "" {
		t.Errorf("paragraphs (-want +got):\n%s", diff)
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	menu := "سياسة واقتصاد ورياضة وثقافة ومنوعات وصحة وسفر وسيارات وتقنية وعقارات ووظائف وطقس وأبراج"
	page := strings.Repeat("<div>", 600) + "<nav><nav><a>الرئيسية</a></nav>" + menu + "</nav><p>" + par1 + "</p><table><tr><td>" + par2 + "</td></tr></table><h2>المرحلة الثانية</h2><p>" + par3 + "<footer>" + menu + "</footer>"
	a := mustClean(t, clean.Input{HTML: page})
	if diff := cmp.Diff([]string{par1, par2, "المرحلة الثانية", par3}, texts(a)); diff != "" || !slices.Contains(a.Repairs, clean.RepairStreamed) {
		t.Errorf("repairs %v, paragraphs (-want +got):\n%s", a.Repairs, diff)
	}
	for name, page := range map[string]string{"many tags": "<p>" + par1 + strings.Repeat("<p>x", 100_000), "one huge tag": "<p " + strings.Repeat("a=1 ", 30_000) + ">" + par1} {
		if a := mustClean(t, clean.Input{HTML: page}); !slices.Contains(a.Repairs, clean.RepairStreamed) {
			t.Errorf("%s: a tree was built", name)
		}
	}
}

func TestSmallPage(t *testing.T) {
	t.Parallel()
	a := mustClean(t, clean.Input{HTML: "<div><a href='/'>الرئيسية</a></div><div>" + par1 + "</div><div>" + par2 + "</div><div><a href='/x'>اتصل بنا</a></div>"})
	if diff := cmp.Diff([]string{par1, par2}, texts(a)); diff != "" {
		t.Errorf("paragraphs (-want +got):\n%s", diff)
	}
	if a := mustClean(t, clean.Input{HTML: "<html><body><img src=x></body></html>"}); a.Skip != clean.SkipNoLetters {
		t.Errorf("page without text: skip %q", a.Skip)
	}
}

// TestBombs: pages made to hurt end with the article or without one, but end; the size of what
// comes out is bounded by what went in. Each takes less than a second; the test's own time-out
// is the alarm.
func TestBombs(t *testing.T) {
	t.Parallel()
	article := "<p>" + par1 + "</p><p>" + par2 + "</p><p>" + par3 + "</p>"
	const n = 200_000
	for name, page := range map[string]string{
		"deep":             strings.Repeat("<div>", n) + article,
		"deep and closed":  strings.Repeat("<div>", n) + article + strings.Repeat("</div>", n),
		"formatting":       strings.Repeat("<b><i><a>", n/3) + article,
		"paragraphs":       article + strings.Repeat("<p>x", n),
		"tables":           strings.Repeat("<table><tr><td>", n/3) + article,
		"one huge tag":     "<div " + strings.Repeat("a=1 ", n) + ">" + article,
		"unclosed comment": article + "<!--" + strings.Repeat("-", 2*n),
		"entities":         article + strings.Repeat("&amp;&lt;&#1576;", n),
		"unclosed tag":     article + strings.Repeat("<", n),
		"script":           article + "<script>" + strings.Repeat("<p>", n),
		"headings":         strings.Repeat("<h1>", n) + article,
		"nested nav":       article + strings.Repeat("<nav>", n),
		"select":           article + strings.Repeat("<select><option>", n/2),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := mustClean(t, clean.Input{HTML: page})
			if len(a.Text()) > 4*len(page) {
				t.Errorf("%d bytes out of %d", len(a.Text()), len(page))
			}
			if !strings.Contains(a.Text(), par2) {
				t.Errorf("the article is lost; repairs %v, %d paragraphs", a.Repairs, len(a.Paragraphs))
			}
		})
	}
}

func TestRemovalsAreBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(body(nil))
	for i := range 5000 {
		fmt.Fprintf(&b, "\nاقرأ أيضا: خبر آخر رقم %d", i)
	}
	a := mustClean(t, clean.Input{Text: b.String()})
	chars := 0
	for _, r := range a.Removed {
		chars += r.Chars
	}
	if len(a.Paragraphs) != 3 || len(a.Removed) > 220 || chars < 5000*20 {
		t.Errorf("%d paragraphs, %d removals of %d characters", len(a.Paragraphs), len(a.Removed), chars)
	}
}
