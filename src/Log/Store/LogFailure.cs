namespace Actors.Log;

/// <summary>The first failed write or sync of a data directory. It is final: what the disk holds of the bytes is not known.</summary>
/// <param name="Operation">What was done: "write", "fdatasync", …</param>
/// <param name="Path">The file or directory.</param>
/// <param name="Cause">What the system said.</param>
/// <remarks>A failed fsync is not tried again: the kernel may have dropped the dirty pages and would report success.</remarks>
public sealed record LogFailure(string Operation, string Path, Exception Cause)
{
    public override string ToString() =>
        $"{Operation} of {Path} failed: {Cause.Message} Nothing more is written to this data directory; check the disk and restart, the log is then recovered.";
}
