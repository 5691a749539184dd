#!/bin/sh
# 年报助手：装到自己的账号里，不用管理员，不用联网。  sh 安装.sh；卸载：sh 安装.sh --remove
set -eu
here=$(dirname "$(readlink -f "$0")")
home=$HOME/.local/lib/xltools
menu=${XDG_DATA_HOME:-$HOME/.local/share}/applications
desktop=$(xdg-user-dir DESKTOP 2>/dev/null || echo "$HOME") # which is the home itself where there is none
command=$HOME/.local/bin/xltools

refuse() { printf '没有装上：%s\n' "$*" >&2; exit 1; }
fits() { "$1" -c 'import sys, venv, ssl, sqlite3; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }

rm -rf "$home" "$command" "$menu/年报助手.desktop" "$desktop/年报助手.desktop"
if [ "${1-}" = --remove ]; then
  rm -rf "${XDG_STATE_HOME:-$HOME/.local/state}/xltools" "${XDG_CACHE_HOME:-$HOME/.cache}/xltools" # what only speeds things up
  echo '年报助手已经卸载；你的工作文件夹都在原处。'
  exit
fi

cd "$here"
sha256sum --check --quiet SHA256SUMS || refuse '安装包里的文件不全，或者改过；请重新复制、解压。'

python=
for brought in cpython-3.*.tar.gz; do
  [ -e "$brought" ] || continue
  mkdir -p "$home" && tar xzf "$brought" -C "$home"
  python=$home/python/bin/python3
  fits "$python" || refuse "$brought 在这台电脑上运行不了，或者不是 Python 3.11 到 3.13。"
done
for found in python3.13 python3.12 python3.11 python3; do
  [ -n "$python" ] || ! fits "$found" || python=$(command -v "$found")
done
[ -n "$python" ] || refuse '这台电脑上没有 Python 3.11、3.12 或 3.13；请看“先读我.txt”第二条，带一个来。'

"$python" -m venv --without-pip "$home/venv"
PIP_CONFIG_FILE=/dev/null "$home/venv/bin/python" "$(echo wheels/pip-*.whl)/pip" --isolated --quiet install --no-index --find-links wheels \
  "$(echo wheels/xltools-*.whl)[pdf]" || refuse '安装包与这台电脑的系统不合：要 64 位、glibc 2.28 以上（UOS 20、麒麟 V10 起），x86_64 与 aarch64 各用各的。'

mkdir -p "$menu" "$(dirname "$command")"
ln -s "$home/venv/bin/xltools" "$command"
cp start.py 年报助手.svg "$home"
cat >"$menu/年报助手.desktop" <<END
[Desktop Entry]
Type=Application
Name=年报助手
Comment=政府信息公开工作年度报告：发表、审核、汇总
Exec="$home/venv/bin/python" "$home/start.py"
Icon=$home/年报助手.svg
Terminal=true
Categories=Office;
END
[ "$desktop" = "$HOME" ] || [ ! -d "$desktop" ] || { cp "$menu/年报助手.desktop" "$desktop" && chmod +x "$desktop/年报助手.desktop"; }
echo "年报助手已经装好：在菜单的“办公”里，或者在终端里用 xltools（$command）。用的是 $("$python" --version)。"
