from s2s_course.cli import main

main()
