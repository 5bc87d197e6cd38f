"""What must never stand in a permanent public record, taken out before anything is kept."""
