using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Actors.Silo.Options;

/// <summary>What may be written for an option, and the value that it becomes.</summary>
/// <param name="Allowed">The rule in words.</param>
/// <param name="Parse">The value of a text, or null when the rule forbids it.</param>
internal sealed record OptionType(string Allowed, Func<string, object?> Parse)
{
    public bool TryParse(string text, out object? value)
    {
        value = Parse(text);
        return value is not null;
    }

    public static OptionType Of(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var range = property.GetCustomAttribute<RangeAttribute>();
        if (type == typeof(int)) return Whole(range, int.MinValue, int.MaxValue, number => (int)number);
        if (type == typeof(long)) return Whole(range, long.MinValue, long.MaxValue, number => number);
        if (type == typeof(double)) return Fraction(range);
        if (type == typeof(bool)) return new("true or false", text => bool.TryParse(text, out var flag) ? flag : null);
        if (type.IsEnum) return OneOf(type);
        if (type == typeof(string)) return Text(property);
        throw new NotSupportedException($"An option of type {type} ({property.DeclaringType}.{property.Name}) cannot be read from text.");
    }

    private static OptionType Whole(RangeAttribute? range, long least, long most, Func<long, object> convert)
    {
        var from = range is null ? least : ToLong(range.Minimum);
        var to = range is null ? most : ToLong(range.Maximum);
        return new($"a whole number from {from} to {to}", text =>
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to
                ? convert(number)
                : null);
    }

    // A range of long is a range of double to its attribute; long.MaxValue comes back as 2^63.
    private static long ToLong(object bound) =>
        bound is double and >= long.MaxValue ? long.MaxValue : Convert.ToInt64(bound, CultureInfo.InvariantCulture);

    private static OptionType Fraction(RangeAttribute? range)
    {
        var from = range is null ? double.MinValue : Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture);
        var to = range is null ? double.MaxValue : Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        return new(string.Create(CultureInfo.InvariantCulture, $"a number from {from} to {to}"), text =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to
                ? number
                : null);
    }

    private static OptionType OneOf(Type type)
    {
        var names = Enum.GetNames(type);
        return new($"one of {string.Join(", ", names)}", text =>
            names.FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse(type, name) : null);
    }

    private static OptionType Text(PropertyInfo property)
    {
        var values = property.GetCustomAttribute<AllowedValuesAttribute>()?.Values.Cast<string>().ToArray();
        return values is null
            ? new("text that is not empty", text => string.IsNullOrWhiteSpace(text) ? null : text)
            : new($"one of {string.Join(", ", values)}", text =>
                values.FirstOrDefault(value => value.Equals(text, StringComparison.OrdinalIgnoreCase)));
    }
}
