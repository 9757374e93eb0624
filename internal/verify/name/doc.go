// Package name finds the names of people, places and organisations in English
// text and looks each up in a source text of another language.
//
//	English --Finder.Claims--> Claim: Found / Absent / Unknown, and the word
//	source  --NewSource------> Source
//
// A name is found by its letters, by the sound of its letters (Latin against
// Arabic script, with the spellings that newsrooms use; other alphabets are
// folded to Arabic letters that sound alike), or by a table of names that are
// translated instead of transliterated (القاهرة, Cairo). A match that is not
// sure must stand beside the name's other word. Arabic texts are held against
// Arabic sources by Source.ArabicClaims.
package name
