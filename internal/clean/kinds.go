package clean

// Kind says what kind of thing was taken out.
type Kind string

// The closed set of kinds.
const (
	KindHeadline   Kind = "headline"   // the title again, or a headline repeated
	KindByline     Kind = "byline"     // the author's line; kept as Article.Byline
	KindDate       Kind = "date"       // "published on", "last updated"
	KindSubscribe  Kind = "subscribe"  // subscribe, register, log in, newsletter, follow us, app
	KindPaywall    Kind = "paywall"    // "to read on, subscribe"
	KindShare      Kind = "share"      // share bars and buttons
	KindCookies    Kind = "cookies"    // consent banners
	KindRelated    Kind = "related"    // read-also lines and lists
	KindCredit     Kind = "credit"     // photo credits, agency sign-offs
	KindCaption    Kind = "caption"    // picture captions (HTML only)
	KindAd         Kind = "ad"         // advertisement markers
	KindComments   Kind = "comments"   // comment forms and headers
	KindNotice     Kind = "notice"     // copyright lines and disclaimers
	KindTags       Kind = "tags"       // keyword lists
	KindNavigation Kind = "navigation" // menus, breadcrumbs, print, back to top, reading time
	KindDuplicate  Kind = "duplicate"  // a paragraph that was there already
	KindPage       Kind = "page"       // all of the page outside the article (HTML only)
	KindCharacters Kind = "characters" // control, invisible and invalid characters
)

// SkipReason says why there is nothing to summarize.
type SkipReason string

// The closed set of reasons. The empty reason means that there is an article.
const (
	SkipNoLetters   SkipReason = "no_letters"  // empty, or only digits and punctuation
	SkipStub        SkipReason = "stub"        // too short to summarize
	SkipPaywall     SkipReason = "paywall"     // a teaser above a paywall notice
	SkipBoilerplate SkipReason = "boilerplate" // cookie wall, login or menu, no article
)

// The closed set of repairs; RepairCharset and RepairMojibake are followed by the encoding's name.
const (
	RepairBOM       = "bom"
	RepairUTF16     = "utf-16"
	RepairCharset   = "charset:"
	RepairMojibake  = "mojibake:"
	RepairInvalid   = "invalid-utf8"
	RepairNFC       = "nfc"
	RepairControl   = "control"
	RepairBidi      = "bidi"
	RepairZeroWidth = "zero-width"
	RepairTags      = "unicode-tags"
	RepairCombining = "combining-marks"
	RepairMarkup    = "markup"
	RepairUnwrapped = "unwrapped"
	RepairSplit     = "split"
	RepairStreamed  = "streamed" // the page was too large or too deep for the extractor
)
