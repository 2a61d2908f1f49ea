using System.Net.Sockets;

namespace Actors.Storage.Tests.BackEnds.Qemu;

/// <summary>Stands between a volume's daemon and whoever talks to it: passes lines on, and at the first command of a kind does something else, after which it is gone.</summary>
internal sealed class MonitorInBetween : IAsyncDisposable
{
    private readonly string _path;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Task _serving;

    /// <param name="path">The daemon's monitor.</param>
    /// <param name="command">The command that does not reach it.</param>
    /// <param name="instead">What happens when it is sent.</param>
    public MonitorInBetween(string path, string command, Func<Task> instead)
    {
        _path = path;
        File.Move(path, Behind);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(8);
        _serving = ServeAsync(command, instead);
    }

    private string Behind => _path + ".1";

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving.WaitAsync(BackEndWorld.Guard);
    }

    private async Task ServeAsync(string command, Func<Task> instead)
    {
        var isOver = false;
        while (!isOver)
        {
            Socket caller;
            try
            {
                caller = await _listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            using var own = caller;
            using var daemon = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await daemon.ConnectAsync(new UnixDomainSocketEndPoint(Behind));
            await using var toCaller = new NetworkStream(caller);
            await using var toDaemon = new NetworkStream(daemon);
            var answers = toDaemon.CopyToAsync(toCaller);
            using var commands = new StreamReader(toCaller, leaveOpen: true);
            while (await commands.ReadLineAsync() is { } line)
            {
                if (line.Contains(command, StringComparison.Ordinal))
                {
                    await instead();
                    File.Delete(_path);
                    isOver = true;
                    break;
                }

                await toDaemon.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
            }

            daemon.Shutdown(SocketShutdown.Both);
            await answers.ContinueWith(_ => { }, TaskScheduler.Default); // however it ends
        }
    }
}
