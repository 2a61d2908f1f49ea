namespace Actors.Log;

/// <summary>What ends by itself or by an operator's hand: a full disk, a limit of open files. Nothing that was written is in doubt.</summary>
internal static class Shortage
{
    /// <summary>Whether what failed may be tried again as it was.</summary>
    public static bool IsOne(IOException e) => e is NoSpaceException or TooManyOpenFilesException;

    /// <summary>The exception for an error number of the system, or null when it says something else.</summary>
    public static IOException? From(int error, string path, Exception? cause = null) => error switch
    {
        LinuxNative.ENoSpc or LinuxNative.EDQuot => new NoSpaceException(path, cause),
        LinuxNative.EMFile or LinuxNative.ENFile => new TooManyOpenFilesException(path, cause),
        _ => null,
    };
}
