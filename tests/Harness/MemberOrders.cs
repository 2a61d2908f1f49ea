using System.Net.Sockets;

namespace Actors.Harness;

/// <summary>Tells a silo that runs <c>tests/Member</c> what to do.</summary>
public static class MemberOrders
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    /// <summary>The program, for <see cref="SiloCluster.StartAsync"/>.</summary>
    public static string Program => Repository.Program("Member");

    /// <summary>Gives an order.</summary>
    /// <param name="silo">Who gets it.</param>
    /// <param name="order">One of those that the program knows.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ForeignProgramException">It could not be done.</exception>
    public static async Task<string> OrderAsync(this SiloProcess silo, string order)
    {
        using var guard = new CancellationTokenSource(Guard);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(silo.Options.DataDirectory, "orders")), guard.Token);
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { AutoFlush = true };
        await writer.WriteLineAsync(order.AsMemory(), guard.Token);
        var answer = await reader.ReadLineAsync(guard.Token);
        return answer is null || answer.StartsWith("failed", StringComparison.Ordinal) ? throw new ForeignProgramException($"'{order}' is answered with '{answer}'") : answer;
    }
}
