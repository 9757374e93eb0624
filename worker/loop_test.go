package worker

import (
	"fmt"
	"strings"
	"testing"
)

func TestLoops(t *testing.T) {
	t.Parallel()
	var names, prose strings.Builder
	for i := range 60 {
		fmt.Fprintf(&names, `{"source": "%d", "english": "Person %c%c", "kind": "person"},`+"\n", i*7919, 'A'+i%26, 'a'+i*5%26)
	}
	words := strings.Fields("harbour council water ministry region night bridge school fishing price market letter engine road winter report village")
	for i := range 400 {
		fmt.Fprintf(&prose, "%s %s the %s of %d. ", words[i%17], words[i*5%17], words[i*i%13], i*37%911)
	}
	sentence := "The council said that the harbour would reopen in the spring. "
	paragraph := prose.String()[:600]
	for name, tc := range map[string]struct {
		text string
		want bool
	}{
		"one sentence":     {`{"headline": "Harbour", "summary": "` + strings.Repeat(sentence, 60), true},
		"whole paragraphs": {strings.Repeat(paragraph, 12), true},
		"white space":      {`{"headline":` + strings.Repeat("\n  ", 900), true},
		"digits":           {`{"headline": "120` + strings.Repeat("0", 3000), true},
		"prose":            {prose.String(), false},
		"a list of names":  {names.String(), false},
		"short":            {strings.Repeat("na ", 100), false},
		"empty":            {"", false},
	} {
		if got := loops(tc.text); got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
