using System.Runtime.InteropServices;
using Actors.Harness;

namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>A process of ours that has been forked and does not get to run its program until this is disposed of: it waits for the other end of a pipe with a name.</summary>
internal sealed class StartingProcess : IDisposable
{
    private const int ActionsBytes = 256; // more than posix_spawn_file_actions_t has anywhere
    private const int Descriptor = 200;
    private const string Name = "spawns"; // which the new process has too

    private readonly TemporaryDirectory _directory = new();
    private readonly string _pipe;
    private readonly Thread _thread;
    private int _id;
    private int _error = -1;

    public StartingProcess()
    {
        _pipe = _directory.Path("pipe");
        Assert.Equal(0, MakePipe(_pipe, 0x180));
        _thread = new Thread(Spawn) { IsBackground = true, Name = Name };
        _thread.Start();
    }

    /// <summary>Waits until it is there.</summary>
    public static Task WhenForkedAsync() => FilesSteps.UntilAsync(static () => Directory.EnumerateDirectories("/proc").Any(static folder =>
    {
        try
        {
            return char.IsAsciiDigit(Path.GetFileName(folder)[0]) && File.ReadAllText($"{folder}/stat").Contains($"({Name}) S {Environment.ProcessId} ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // it has ended
        }
    }));

    public void Dispose()
    {
        File.OpenHandle(_pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
        Assert.True(_thread.Join(BackEndWorld.Guard));
        Assert.Equal(0, _error);
        _ = WaitFor(_id, 0, 0);
        _directory.Dispose();
    }

    private void Spawn()
    {
        var actions = new byte[ActionsBytes];
        _ = InitActions(actions);
        _ = AddOpen(actions, Descriptor, _pipe, 0, 0);
        _error = Spawn(out _id, "/bin/true", actions, 0, ["true", null], [null]);
        _ = DestroyActions(actions);
    }

    [DllImport("libc", EntryPoint = "mkfifo")]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static extern int InitActions(byte[] actions);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static extern int DestroyActions(byte[] actions);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_addopen")]
    private static extern int AddOpen(byte[] actions, int descriptor, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mode);

    [DllImport("libc", EntryPoint = "posix_spawn")]
    private static extern int Spawn(
        out int id, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] actions, nint attributes,
        [MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string?[] arguments, [MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string?[] environment);

    [DllImport("libc", EntryPoint = "waitpid")]
    private static extern int WaitFor(int id, nint status, int options);
}
