// Package pos judges integrations: a reference gateway under watch leads a POS or kitchen
// display through the life of a site, act by act, and the cases judge what was recorded of
// it (POS-01…POS-24).
//
// A file act_….go says what happens in an act, and leaves scenes behind; the other files
// hold the cases by topic, which read scenes and record and make nothing happen.
package pos
