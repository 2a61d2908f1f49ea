namespace Actors.Log;

/// <summary>The process, or the whole system, may open no more files now. Nothing was done; it can be tried again when others are closed.</summary>
public sealed class TooManyOpenFilesException(string path, Exception? cause = null)
    : IOException($"{path} cannot be opened: too many files and connections are open. Raise the limit of open files (ulimit -n, fs.file-max) or have fewer connections.", cause)
{
    public string Path { get; } = path;
}
