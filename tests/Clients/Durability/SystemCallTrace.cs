using System.Text.RegularExpressions;

namespace Actors.Clients.Tests.Durability;

/// <summary>What a process asked of the kernel, in the order in which strace saw the calls return.</summary>
/// <remarks>Read from <c>strace -f -yy -s N -o FILE</c>. A call that another thread's line has split is joined again at the place where it returns.</remarks>
public sealed partial class SystemCallTrace
{
    private SystemCallTrace(IReadOnlyList<string> calls) => Calls = calls;

    /// <summary>One call a line, without the thread's id.</summary>
    public IReadOnlyList<string> Calls { get; }

    /// <summary>Reads a trace that its process has finished writing.</summary>
    public static SystemCallTrace Read(string file)
    {
        var calls = new List<string>();
        var open = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(file))
        {
            var match = ThreadAndCall().Match(line);
            if (!match.Success)
            {
                continue;
            }

            var (thread, call) = (match.Groups[1].Value, match.Groups[2].Value);
            if (call.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                open[thread] = call[..^"<unfinished ...>".Length];
            }
            else if (Resumed().Match(call) is { Success: true } resumed)
            {
                calls.Add(open.GetValueOrDefault(thread, string.Empty) + resumed.Groups[1].Value);
                open.Remove(thread);
            }
            else
            {
                calls.Add(call);
            }
        }

        return new SystemCallTrace(calls);
    }

    /// <summary>The first call at or after <paramref name="from"/> that fits, or -1.</summary>
    public int IndexOf(int from, Func<string, bool> fits)
    {
        for (var index = from; index < Calls.Count; index++)
        {
            if (fits(Calls[index]))
            {
                return index;
            }
        }

        return -1;
    }

    [GeneratedRegex(@"^(\d+)\s+(.*)$")]
    private static partial Regex ThreadAndCall();

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>\s?(.*)$")]
    private static partial Regex Resumed();
}
