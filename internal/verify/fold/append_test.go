package fold

import "testing"

func TestAppend(t *testing.T) {
	t.Parallel()
	for _, pair := range [...][2]string{
		{"Février", "fevrier"},
		{"Ünlü", "unlu"},
		{"Четвёртый", "четвертый"},
		{"پنج\u200cشنبه", "پنجشنبه"},
		{"جمعہ", "جمعه"},
		{"هەشت", "هەشت"},
		{"हज़ार", "हजार"},
		{"पाँच", "पांच"},
		{"ШЕСТЬ", "шесть"},
	} {
		if a, b := string(appendAll(pair[0])), string(appendAll(pair[1])); a != b || a == "" {
			t.Errorf("%s and %s are %q and %q", pair[0], pair[1], a, b)
		}
	}
	if string(appendAll("سی")) == string(appendAll("شش")) {
		t.Error("two words fall together")
	}
}

func appendAll(s string) (key []byte) {
	for _, c := range s {
		key = Append(key, c)
	}
	return key
}
