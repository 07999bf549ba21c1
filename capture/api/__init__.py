"""The machines' shell: answers, errors, paging, repeats and the description. It knows no room; rooms bring routes."""
