/* A browser reads no other page for a page opened from disk, so the search shows titles there, without excerpts. */
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
