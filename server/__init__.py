"""What makes the faces one program: assembly, settings and the command line. Only here is the clock read."""
