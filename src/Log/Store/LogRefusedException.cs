namespace Actors.Log;

/// <summary>The log refuses to write. Nothing was written.</summary>
public sealed class LogRefusedException(AppendRefusal refusal) : IOException(Sentence(refusal))
{
    public AppendRefusal Refusal { get; } = refusal;

    private static string Sentence(AppendRefusal refusal) => refusal switch
    {
        AppendRefusal.Busy => "The log is busy: memory or write-ahead files are full until what is there has been written. Try again.",
        AppendRefusal.DiskFull => "The disk is full, or too many files are open (the server's log says which): free some; writing goes on by itself then, and reading never stopped.",
        AppendRefusal.TooLarge => "The batches are together larger than the log's MaxAppendBytes.",
        AppendRefusal.Failed => "A write or sync of the data directory has failed earlier; check the disk and restart.",
        AppendRefusal.Damaged => "Recovery found damage; read the damage report, then refill the log from another replica or open it with AcceptDamage.",
        AppendRefusal.Closed => "The log has been deleted or is closing.",
        _ => $"The log refuses: {refusal}.",
    };
}
