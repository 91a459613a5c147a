"""Claims about bench/fleet, made on machines that are this one."""
