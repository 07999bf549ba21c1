"""The machines' shell: the shape of answers and errors. It knows no room; rooms bring their routes."""
