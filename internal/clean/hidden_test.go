package clean

import (
	"strings"
	"testing"
)

func TestHides(t *testing.T) {
	t.Parallel()
	for style, want := range map[string]bool{
		"opacity:0":                                       true,
		"opacity: 0.01; color: red":                       true,
		"opacity:.9":                                      false,
		"OPACITY:0 !important":                            true,
		"font-size:0":                                     true,
		"font-size:1px":                                   true,
		"font-size:0.9em":                                 false,
		"font-size:14px":                                  false,
		"position:absolute;left:-9999px":                  true,
		"position:relative;left:-9999px":                  false,
		"position:absolute;top:-20px":                     false,
		"text-indent:-9999px":                             true,
		"text-indent:-2em":                                false,
		"position:absolute;clip:rect(0,0,0,0)":            true,
		"clip-path:inset(50%)":                            true,
		"transform: scale(0)":                             true,
		"width:0;height:0;overflow:hidden":                true,
		"height:1px;overflow:hidden":                      true,
		"height:100px;overflow:hidden":                    false,
		"height:1em;overflow:hidden":                      false,
		"color:#fff;background:#ffffff":                   true,
		"color:white;background-color:rgb(255, 255, 255)": true,
		"color:#000;background:#fff":                      false,
		"color:transparent":                               true,
		"color:rgba(0, 0, 0, 0)":                          true,
		"color:inherit;background:inherit":                false,
		"color:;background:":                              false,
		"background-position:0;border-color:#fff":         false,
		"": false,
	} {
		if got := hides(style); got != want {
			t.Errorf("%q hides: %v, want %v", style, got, want)
		}
	}
}

func TestHiddenElementsOfAPage(t *testing.T) {
	t.Parallel()
	const paragraph = "<p>افتتحت بلدية نبع الرمان جسرا جديدا للمشاة فوق الوادي بعد عامين من أعمال البناء، وقالت المهندسة هالة مراد إن الجسر يخدم ستة آلاف شخص.</p>"
	page := "<html><body><article><h1>جسر جديد</h1>" + strings.Repeat(paragraph, 4) +
		`<p style="opacity:0">OPACITYWORD</p><div style="position:fixed;left:-5000px"><p>OFFWORD</p></div><p style="color:red">SEENWORD عبر الجسر أول المشاة صباح الأحد ووصفوه بالجميل.</p></article></body></html>`
	article, err := Clean(Input{HTML: page})
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, p := range article.Paragraphs {
		text += p.Text + "\n"
	}
	if strings.Contains(text, "OPACITYWORD") || strings.Contains(text, "OFFWORD") || !strings.Contains(text, "SEENWORD") {
		t.Errorf("text is %q", text)
	}
	// A page that fades in as a whole is read all the same.
	whole := `<article style="opacity:0"><h1>جسر جديد</h1>` + strings.Repeat(paragraph, 4) + "</article>"
	parts := "<article><h1>جسر جديد</h1>" + strings.Repeat(strings.Replace(paragraph, "<p>", `<p style="opacity:0">`, 1), 8) + "</article>"
	for _, faded := range []string{whole, parts} {
		article, err = Clean(Input{HTML: "<html><body>" + faded + "</body></html>"})
		if err != nil || article.Skip != "" || len(article.Paragraphs) == 0 {
			t.Errorf("a page that fades in: %v, %d paragraphs, skip %q", err, len(article.Paragraphs), article.Skip)
		}
	}
}
