"""What people see in Discord, specified."""
