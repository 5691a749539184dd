@echo off
title xltools
set "PATH=%~dp0app\bin;%PATH%"
pushd "%~dp0"
cmd /k xltools --help
