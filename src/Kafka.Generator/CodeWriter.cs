using System.Text;

namespace Actors.Kafka.Generator;

/// <summary>Writes indented C#.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _indent;

    public void Line(string text = "")
    {
        if (text.Length > 0)
        {
            _text.Append(' ', _indent * 4).Append(text);
        }

        _text.Append('\n');
    }

    public void Open(string? head = null, string opening = "{")
    {
        if (head is not null)
        {
            Line(head);
        }

        Line(opening);
        _indent++;
    }

    public void Close(string tail = "}")
    {
        _indent--;
        Line(tail);
    }

    public override string ToString() => _text.ToString();
}
