module oracle

go 1.25

require golang.org/x/mod v0.0.0

// Of Go's own distribution: tests/interop/test_go.py puts it there.
replace golang.org/x/mod => ./mod
