namespace Actors.Storage.BackEnds.Files;

/// <summary>Says what a failure of the system means and what to do about it.</summary>
internal static class FileTrouble
{
    public static BackEndException Explain(string doing, Exception failure) => failure switch
    {
        FileHeldException => new($"{doing}: {failure.Message}; it is tried again", isPermanent: false, failure),
        UnauthorizedAccessException => new($"{doing}: {failure.Message}; the silo's user has no right to it", isPermanent: true, failure),
        _ => failure.HResult switch
        {
            LinuxCalls.ENoSpc or LinuxCalls.EDQuot => new($"{doing}: the disk is full; free some of it ({failure.Message})", isPermanent: true, failure),
            LinuxCalls.EROFS => new($"{doing}: the file system is mounted read-only, often after errors; see the kernel's log ({failure.Message})", isPermanent: true, failure),
            LinuxCalls.EIo => new($"{doing}: the disk answers with errors; see the kernel's log and replace it ({failure.Message})", isPermanent: false, failure),
            LinuxCalls.EAcces or LinuxCalls.EPerm => new($"{doing}: the silo's user has no right to it ({failure.Message})", isPermanent: true, failure),
            _ => new($"{doing}: {failure.Message}", isPermanent: false, failure),
        },
    };
}
