package events

import "testing"

func TestCreatedFirst(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		told []string
		want string
	}{
		{"sound", sound, ""},
		{"nothing", nil, ""},
		{"overtaken", []string{"MODIFIED located 10", "CREATED started"}, "ORDER_MODIFIED located at \"10\" came before ORDER_CREATED"},
		{"overtaken by an unknown type with a state", []string{"CLEARED cleared", "CREATED started"}, "came before"},
		{"never created", []string{"PAGED started paged"}, "no ORDER_CREATED before it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			check(t, createdFirst(aLife, told(test.told...)), test.want)
		})
	}
}

func TestInSequence(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		told []string
		want string
	}{
		{"sound", sound, ""},
		{"one lost", []string{"CREATED started", "PAGED located 10 paged", "MODIFIED located 60 paged"}, ""},
		{"sent late", []string{"CREATED located 10", "MODIFIED located 60 paged", "PAGED located 60 paged", "MODIFIED located 60 paged"}, ""},
		{"page that ends", []string{"CREATED started", "MODIFIED located 10", "PAGED located 10 paged", "MODIFIED located 10"}, ""},
		{"cleared without location", []string{"CREATED started", "MODIFIED located 10", "MODIFIED cleared"}, ""},
		{"cleared by another type", []string{"CREATED started", "MODIFIED located 10", "CLEARED cleared"}, ""},
		{"unknown type behind the end", []string{"CREATED started", "MODIFIED cleared", "SEEN located 10"}, ""},
		{"created late", []string{"MODIFIED located 10", "CREATED started"}, "came before ORDER_CREATED"},
		{"page before locate", []string{"CREATED started", "PAGED located 10 paged", "MODIFIED located 10", "MODIFIED located 60 paged"}, "ORDER_PAGED came before"},
		{"move before page", []string{"CREATED started", "MODIFIED located 10", "MODIFIED located 60 paged", "PAGED located 10 paged"}, "later location"},
		{"moves swapped", []string{"CREATED started", "MODIFIED located 60", "MODIFIED located 10"}, "later location"},
		{"something behind the clearing", []string{"CREATED started", "MODIFIED located 10", "MODIFIED cleared", "PAGED located 10 paged"}, "behind the clearing"},
		{"move behind the clearing", []string{"CREATED started", "MODIFIED located 10", "CLEARED cleared 60", "MODIFIED located 60"}, "behind the clearing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			check(t, inSequence(aLife, told(test.told...)), test.want)
		})
	}
}
