"""What is sent to those who are asked: letters and papers as PDF, e-mails, and a file for Digital Post."""
