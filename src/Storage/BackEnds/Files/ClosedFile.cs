namespace Actors.Storage.BackEnds.Files;

/// <summary>Files of volumes that nobody has open.</summary>
internal static class ClosedFile
{
    /// <summary>Holds a file that nobody has open: whoever opens it waits until the hold ends.</summary>
    /// <param name="files">Where it lies.</param>
    /// <param name="volume">The volume that it is a replica of.</param>
    /// <param name="file">Its path.</param>
    /// <param name="isPermanent">
    /// Whether a holder whom this process sees is a reason to give up. One whom it does not see never is: a process that is being started has for a moment, until it runs its own
    /// program, whatever the process that starts it has open.
    /// </param>
    /// <exception cref="BackEndException">Somebody has it open; it says who, as far as this process may see.</exception>
    public static IFileHold Hold(IVolumeFiles files, string volume, string file, bool isPermanent)
    {
        if (files.TryHold(file) is { } hold) return hold;
        var holders = files.FindHolders(file);
        if (holders.Count == 0 && files.TryHold(file) is { } second) return second; // looking took longer than a process takes to start
        var who = holders.Count == 0 ? "somebody whom this process may not see, as from another container" : string.Join(", ", holders);
        throw new BackEndException($"{volume} is open by {who}: only closed volumes move; close it, or keep it where it is", isPermanent && holders.Count > 0);
    }
}
