using Spectre.Console;

namespace Actors.Cli;

/// <summary>Where a command writes.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">Progress and mistakes.</param>
/// <param name="IsOutputTerminal">Whether a person sees the results as they are: then they may have colours and fit the window.</param>
/// <param name="IsErrorTerminal">Whether a person sees the error stream: then there are progress bars.</param>
public sealed record CliConsole(TextWriter Output, TextWriter Error, bool IsOutputTerminal, bool IsErrorTerminal)
{
    /// <summary>Wide enough that no table is folded where no window limits it.</summary>
    private const int UnlimitedWidth = 10_000;

    /// <summary>The process's own streams.</summary>
    public static CliConsole ForProcess() => new(Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected);

    /// <summary>Draws on the output.</summary>
    public IAnsiConsole CreateOutputCanvas() => CreateCanvas(Output, IsOutputTerminal);

    /// <summary>Draws on the error stream.</summary>
    public IAnsiConsole CreateErrorCanvas() => CreateCanvas(Error, IsErrorTerminal);

    private static IAnsiConsole CreateCanvas(TextWriter writer, bool isTerminal)
    {
        var canvas = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!isTerminal)
        {
            canvas.Profile.Width = UnlimitedWidth;
        }

        return canvas;
    }
}
